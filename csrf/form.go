package csrf

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
)

// chunk is how much of a form is read at a time: the token comes first in most.
const chunk = 4 << 10

// formToken returns the token field of a POSTed form, "" if there is none.
//
// It reads the body no further than the field and the limit, and puts back
// what it read, so that a handler, or a server behind a gateway, finds the
// body untouched. A body that cannot be read counts as one without the field.
func (p *Protection) formToken(r *http.Request) (string, *Refusal) {
	if r.MultipartForm != nil {
		if values := r.MultipartForm.Value[p.fieldName]; len(values) > 0 {
			return values[0], nil
		}
		return "", nil
	}
	if r.PostForm != nil {
		return r.PostForm.Get(p.fieldName), nil
	}
	types := r.Header["Content-Type"]
	if r.Body == nil || r.Body == http.NoBody || len(types) != 1 || len(types[0]) > 512 {
		return "", nil
	}
	var find func(*peeked) (string, error)
	if types[0] == "application/x-www-form-urlencoded" {
		find = p.findURLEncoded
	} else {
		media, params, err := mime.ParseMediaType(types[0])
		if err != nil {
			return "", nil
		}
		switch media {
		case "application/x-www-form-urlencoded":
			find = p.findURLEncoded
		case "multipart/form-data":
			find = func(b *peeked) (string, error) { return p.findMultipart(b, params["boundary"]) }
		default:
			return "", nil
		}
	}
	body := &peeked{body: r.Body, limit: p.formLimit}
	if r.ContentLength > 0 {
		body.read = make([]byte, 0, min(chunk, r.ContentLength+1))
	}
	text, err := find(body)
	r.Body = &replayed{head: body.read, rest: r.Body}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		refusal := refuse(ReasonBodyTooLarge, "the form exceeds the limit of %d bytes before its token", tooLarge.Limit)
		refusal.Status = http.StatusRequestEntityTooLarge
		return "", refusal
	}
	return text, nil
}

// findURLEncoded returns the first field of the name in an urlencoded body.
func (p *Protection) findURLEncoded(b *peeked) (string, error) {
	start, scanned := 0, 0
	for {
		err := b.more()
		for {
			i := bytes.IndexByte(b.read[scanned:], '&')
			if i < 0 {
				break
			}
			if value, ok := p.pair(b.read[start : scanned+i]); ok {
				return value, nil
			}
			scanned += i + 1
			start = scanned
		}
		scanned = len(b.read)
		if err == io.EOF {
			value, _ := p.pair(b.read[start:])
			return value, nil
		}
		if err != nil {
			return "", err
		}
	}
}

// pair returns the value of name=value if the name is the token field's.
func (p *Protection) pair(pair []byte) (value string, ok bool) {
	name, val, _ := bytes.Cut(pair, []byte("="))
	if string(name) != p.fieldName {
		if len(name) > 3*len(p.fieldName) || bytes.IndexByte(name, '%') < 0 {
			return "", false
		}
		plain, err := url.QueryUnescape(string(name))
		if err != nil || plain != p.fieldName {
			return "", false
		}
	}
	if len(val) > 8*maskedLen {
		val = val[:8*maskedLen] // too long to be a token; keep it so
	}
	if bytes.IndexByte(val, '%') < 0 {
		return string(val), true
	}
	value, err := url.QueryUnescape(string(val))
	if err != nil {
		return "", false
	}
	return value, true
}

// findMultipart returns the first field of the name in a multipart body.
func (p *Protection) findMultipart(b *peeked, boundary string) (string, error) {
	if boundary == "" || len(boundary) > 70 { // RFC 2046 section 5.1.1
		return "", nil
	}
	form := multipart.NewReader(b, boundary)
	for {
		part, err := form.NextPart()
		if err != nil {
			return "", err
		}
		if part.FormName() != p.fieldName || part.FileName() != "" {
			continue
		}
		value, err := io.ReadAll(io.LimitReader(part, 8*maskedLen))
		if err != nil {
			return "", err
		}
		return string(value), nil
	}
}

// peeked reads a body up to a limit and keeps what it read. It reads one byte
// more, to tell a body that ends at the limit from one that goes on.
type peeked struct {
	body  io.Reader
	limit int64
	read  []byte
}

// errLimit ends a search that went as far as it may.
var errLimit = errors.New("csrf: token field beyond the limit")

func (b *peeked) room() int64 { return b.limit + 1 - int64(len(b.read)) }

// more reads once, up to a chunk.
func (b *peeked) more() error {
	if len(b.read) == cap(b.read) {
		b.read = append(make([]byte, 0, 2*cap(b.read)+chunk), b.read...)
	}
	room := min(chunk, cap(b.read)-len(b.read), int(b.room()))
	n, err := b.body.Read(b.read[len(b.read) : len(b.read)+room])
	b.read = b.read[:len(b.read)+n]
	if b.room() <= 0 {
		return errLimit
	}
	return err
}

// Read lets multipart.Reader read through b.
func (b *peeked) Read(to []byte) (int, error) {
	room := min(int64(len(to)), b.room())
	if room <= 0 {
		return 0, errLimit
	}
	n, err := b.body.Read(to[:room])
	b.read = append(b.read, to[:n]...)
	return n, err
}

// replayed is a body of which the beginning was read already.
type replayed struct {
	head []byte
	rest io.ReadCloser
}

func (b *replayed) Read(to []byte) (int, error) {
	if len(b.head) > 0 {
		n := copy(to, b.head)
		b.head = b.head[n:]
		return n, nil
	}
	return b.rest.Read(to)
}

func (b *replayed) Close() error { return b.rest.Close() }
