//go:build ignore

// Gencommon makes common.txt.gz from a JSON array of passwords:
//
//	npm pack @zxcvbn-ts/language-common && tar xzf zxcvbn-ts-language-common-*.tgz
//	go run gencommon.go -in package/src/passwords.json -out common.txt.gz
//
// The output depends on the input alone.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"log"
	"os"
	"slices"
	"strings"
)

func main() {
	in := flag.String("in", "passwords.json", "JSON array of passwords")
	out := flag.String("out", "common.txt.gz", "file to write")
	flag.Parse()
	text, err := os.ReadFile(*in)
	if err != nil {
		log.Fatal(err)
	}
	var words []string
	if err := json.Unmarshal(text, &words); err != nil {
		log.Fatal(err)
	}
	for i, w := range words {
		words[i] = strings.ToLower(strings.TrimSpace(w))
	}
	slices.Sort(words)
	words = slices.DeleteFunc(slices.Compact(words), func(w string) bool { return w == "" || strings.Contains(w, "\n") })
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := z.Write([]byte(strings.Join(words, "\n") + "\n")); err != nil {
		log.Fatal(err)
	}
	if err := z.Close(); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(*out, packed.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
	log.Printf("%d passwords, %d bytes", len(words), packed.Len())
}
