package csrf_test

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/merlon-go/merlon/csrf"
)

// form returns a POST from the site's own page.
func form(cookie, contentType string, body io.Reader) *http.Request {
	r := httptest.NewRequest("POST", "https://www.example.com/", body)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Cookie", cookieName+"="+cookie)
	r.Header.Set("Content-Type", contentType)
	return r
}

const urlencoded = "application/x-www-form-urlencoded"

func TestURLEncodedForm(t *testing.T) {
	p := newProtection(t, csrf.Config{FormLimit: 10000})
	cookie, token := visit(t, p, nil)
	escaped := ""
	for _, c := range []byte(token) {
		escaped += "%" + strings.ToUpper(string("0123456789abcdef"[c>>4])+string("0123456789abcdef"[c&15]))
	}
	exact := "csrf_token=" + token
	for name, c := range map[string]struct{ body, want string }{
		"first":              {"csrf_token=" + token + "&a=1", accept},
		"last":               {"a=1&csrf_token=" + token, accept},
		"escaped value":      {"csrf_token=" + escaped, accept},
		"escaped name":       {"csrf%5Ftoken=" + token, accept},
		"first of two wins":  {"csrf_token=" + token + "&csrf_token=x", accept},
		"wrong one first":    {"csrf_token=x&csrf_token=" + token, csrf.ReasonTokenLength},
		"longer name":        {"xcsrf_token=" + token, csrf.ReasonTokenMissing},
		"shorter name":       {"csrf_toke=" + token, csrf.ReasonTokenMissing},
		"no value":           {"csrf_token", csrf.ReasonTokenMissing},
		"no body":            {"", csrf.ReasonTokenMissing},
		"semicolon":          {"a=1;csrf_token=" + token, csrf.ReasonTokenMissing},
		"bad escape":         {"csrf_token=%zz" + token, csrf.ReasonTokenMissing},
		"very long value":    {"csrf_token=" + strings.Repeat("A", 5000), csrf.ReasonTokenLength},
		"after 8000 bytes":   {"a=" + strings.Repeat("x", 8000) + "&" + exact, accept},
		"ends at the limit":  {"a=" + strings.Repeat("x", 10000-len(exact)-3) + "&" + exact, accept},
		"ends after it":      {"a=" + strings.Repeat("x", 10000-len(exact)-2) + "&" + exact, csrf.ReasonTokenMissing},
		"many empty pairs":   {strings.Repeat("&", 4096) + exact, accept},
		"begins in the next": {strings.Repeat("&", 4090) + exact + "&b=" + strings.Repeat("y", 20000), accept},
	} {
		for reader, wrap := range map[string]func(io.Reader) io.Reader{
			"whole": func(r io.Reader) io.Reader { return r }, "bytewise": iotest.OneByteReader, "eof with data": iotest.DataErrReader,
		} {
			r := form(cookie, urlencoded, wrap(strings.NewReader(c.body)))
			if got := reason(p.Check(r)); got != c.want {
				t.Errorf("%s, %s: %q, want %q", name, reader, got, c.want)
			}
			if rest, err := io.ReadAll(r.Body); err != nil || string(rest) != c.body {
				t.Errorf("%s, %s: the handler finds %d of %d bytes, %v", name, reader, len(rest), len(c.body), err)
			}
		}
	}
}

func TestMultipartForm(t *testing.T) {
	p := newProtection(t, csrf.Config{FormLimit: 100_000})
	cookie, token := visit(t, p, nil)
	build := func(write func(*multipart.Writer)) (string, string) {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		write(w)
		w.Close()
		return w.FormDataContentType(), b.String()
	}
	file := func(name string, size int) func(*multipart.Writer) {
		return func(w *multipart.Writer) {
			part, _ := w.CreateFormFile(name, "f.bin")
			part.Write(bytes.Repeat([]byte("x"), size))
		}
	}
	field := func(value string) func(*multipart.Writer) {
		return func(w *multipart.Writer) { w.WriteField("csrf_token", value) }
	}
	for name, c := range map[string]struct {
		parts []func(*multipart.Writer)
		want  string
	}{
		"field before a big file": {[]func(*multipart.Writer){field(token), file("f", 1_000_000)}, accept},
		"field after a file":      {[]func(*multipart.Writer){file("f", 50_000), field(token)}, accept},
		"field beyond the limit":  {[]func(*multipart.Writer){file("f", 100_000), field(token)}, csrf.ReasonTokenMissing},
		"file of the name":        {[]func(*multipart.Writer){file("csrf_token", 128)}, csrf.ReasonTokenMissing},
		"wrong":                   {[]func(*multipart.Writer){field("x")}, csrf.ReasonTokenLength},
		"huge field":              {[]func(*multipart.Writer){field(strings.Repeat("x", 90_000))}, csrf.ReasonTokenLength},
		"none":                    {nil, csrf.ReasonTokenMissing},
	} {
		contentType, body := build(func(w *multipart.Writer) {
			for _, part := range c.parts {
				part(w)
			}
		})
		r := form(cookie, contentType, strings.NewReader(body))
		if got := reason(p.Check(r)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if rest, err := io.ReadAll(r.Body); err != nil || string(rest) != body {
			t.Errorf("%s: the handler finds %d of %d bytes, %v", name, len(rest), len(body), err)
		}
	}
	for _, contentType := range []string{"multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=" + strings.Repeat("x", 71), "multipart/mixed; boundary=x", "text/plain", "/", strings.Repeat("x", 1000)} {
		r := form(cookie, contentType, strings.NewReader("csrf_token="+token))
		if got := reason(p.Check(r)); got != csrf.ReasonTokenMissing {
			t.Errorf("%.40s: %q", contentType, got)
		}
	}
}

// Only a POSTed form is read, as in Django; other methods use the header.
func TestFormOfOtherMethods(t *testing.T) {
	p := newProtection(t, csrf.Config{})
	cookie, token := visit(t, p, nil)
	r := form(cookie, urlencoded, strings.NewReader("csrf_token="+token))
	r.Method = "PUT"
	if got := reason(p.Check(r)); got != csrf.ReasonTokenMissing {
		t.Errorf("%q", got)
	}
}

func TestFormParsedBefore(t *testing.T) {
	p := newProtection(t, csrf.Config{})
	cookie, token := visit(t, p, nil)
	r := form(cookie, urlencoded+"; charset=utf-8", strings.NewReader("csrf_token="+token))
	r.ParseForm()
	if err := p.Check(r); err != nil {
		t.Error(err)
	}
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	m.WriteField("csrf_token", token)
	m.Close()
	r = form(cookie, m.FormDataContentType(), &b)
	r.ParseMultipartForm(1000)
	if err := p.Check(r); err != nil {
		t.Error(err)
	}
}

// Handlers parse the form as if nobody had looked at it, even one of 2 MiB.
func TestHandlerParsesTheForm(t *testing.T) {
	p := newProtection(t, csrf.Config{})
	cookie, token := visit(t, p, nil)
	long := strings.Repeat("x", 2<<20)
	body := url.Values{"csrf_token": {token}, "text": {long}}.Encode()
	w := serve(p, form(cookie, urlencoded, strings.NewReader(body)), func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("text") != long {
			t.Error("the text is not whole")
		}
	})
	if w.Code != 200 {
		t.Error(w.Code)
	}
}

func TestBodyBeyondTheSitesLimit(t *testing.T) {
	p := newProtection(t, csrf.Config{})
	cookie, token := visit(t, p, nil)
	r := form(cookie, urlencoded, strings.NewReader("a="+strings.Repeat("x", 9000)+"&csrf_token="+token))
	r.Body = http.MaxBytesReader(httptest.NewRecorder(), r.Body, 8000)
	w := serve(p, r, func(http.ResponseWriter, *http.Request) { t.Error("the handler ran") })
	if w.Code != http.StatusRequestEntityTooLarge {
		t.Error(w.Code)
	}
}

// A body that breaks off counts as one without the field, as in Django; the
// handler meets the same error.
func TestBrokenBody(t *testing.T) {
	p := newProtection(t, csrf.Config{})
	cookie, token := visit(t, p, nil)
	broken := errors.New("connection lost")
	body := func() io.Reader { return io.MultiReader(strings.NewReader("a=1&b"), iotest.ErrReader(broken)) }
	if got := reason(p.Check(form(cookie, urlencoded, body()))); got != csrf.ReasonTokenMissing {
		t.Errorf("%q", got)
	}
	r := form(cookie, urlencoded, body())
	r.Header.Set("X-CSRFToken", token)
	if err := p.Check(r); err != nil {
		t.Error(err)
	}
	if rest, err := io.ReadAll(r.Body); string(rest) != "a=1&b" || !errors.Is(err, broken) {
		t.Errorf("%q %v", rest, err)
	}
}
