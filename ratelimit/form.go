package ratelimit

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
)

// A form is the beginning of a request's body, read without taking it from the
// handler.
type form struct {
	read     bool
	tooLarge bool
	media    string
	boundary string
	body     []byte
	values   url.Values // of an urlencoded body
}

// values appends the values that r's body has under name.
func (f *form) find(found []string, r *http.Request, name string, limit int64) []string {
	if r.PostForm != nil || r.MultipartForm != nil { // somebody parsed the body before us
		if r.MultipartForm != nil {
			found = append(found, r.MultipartForm.Value[name]...)
		}
		return append(found, r.PostForm[name]...)
	}
	if !f.read {
		f.load(r, limit)
	}
	switch f.media {
	case "application/x-www-form-urlencoded":
		if f.values == nil {
			f.values, _ = url.ParseQuery(string(f.body)) // what is malformed is left out, as ParseForm does
		}
		return append(found, f.values[name]...)
	case "multipart/form-data":
		return f.multipart(found, name)
	case "application/json":
		return f.json(found, name)
	}
	return found
}

// load reads up to limit bytes of a body that can have fields, and puts them
// back in front of the rest.
func (f *form) load(r *http.Request, limit int64) {
	f.read = true
	if r.Body == nil || r.Body == http.NoBody {
		return
	}
	media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return
	}
	switch media {
	case "application/x-www-form-urlencoded", "multipart/form-data", "application/json":
	default:
		return
	}
	f.media, f.boundary = media, params["boundary"]
	if f.tooLarge = r.ContentLength > limit; f.tooLarge {
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	rest := io.Reader(r.Body)
	if err != nil { // the handler meets the error where we met it
		rest = broken{err}
	}
	r.Body = &restored{io.MultiReader(bytes.NewReader(body), rest), r.Body}
	if f.tooLarge = int64(len(body)) > limit; !f.tooLarge {
		f.body = body
	}
}

type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

type restored struct {
	io.Reader
	io.Closer
}

func (f *form) multipart(found []string, name string) []string {
	if f.boundary == "" {
		return found
	}
	reader := multipart.NewReader(bytes.NewReader(f.body), f.boundary)
	for {
		part, err := reader.NextPart()
		if err != nil {
			return found
		}
		if part.FormName() != name || part.FileName() != "" {
			continue
		}
		value, err := io.ReadAll(io.LimitReader(part, maxValue+1))
		if err == nil || errors.Is(err, io.ErrUnexpectedEOF) {
			found = append(found, string(value))
		}
	}
}

// json finds members of the outermost object whose name equals name without
// regard to case, as encoding/json matches them with a struct's fields.
func (f *form) json(found []string, name string) []string {
	d := json.NewDecoder(bytes.NewReader(f.body))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return found
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return found
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return found
		}
		if k, ok := key.(string); !ok || !strings.EqualFold(k, name) {
			continue
		}
		var value string
		if json.Unmarshal(raw, &value) != nil {
			value = string(raw) // a number is as good a key as a text
		}
		found = append(found, value)
	}
	return found
}
