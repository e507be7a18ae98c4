package a

import (
	"compress/gzip"
	"io"
	"net/http"
	"os"
)

func unpack(r *http.Request) {
	z, err := gzip.NewReader(r.Body)
	if err != nil {
		return
	}
	io.Copy(os.Stdout, z) // want `compressed data is unpacked without a limit`
	io.Copy(os.Stdout, io.LimitReader(z, 1<<20))
}
