package lockout

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
	"unicode"
	"unicode/utf8"

	"github.com/merlon-go/merlon/audit"
)

// An Encoding is how a program reads what is sent to its sign-in.
type Encoding int

// The encodings.
const (
	Forms         Encoding = iota // urlencoded or multipart, as the Content-Type says
	JSON                          // one object, as application/json
	ByContentType                 // any of these, as the Content-Type says
)

var (
	errMalformed = errors.New("malformed")
	errFound     = errors.New("found what must not be there")
)

func formRefusal(status int, reason string) *Refusal {
	return &Refusal{Status: status, Control: "lockout", Reason: reason, Event: audit.InputValidationFail}
}

// read reads the body, up to its bound.
func (f *Form) read(r *http.Request) ([]byte, *Refusal) {
	if r.Body == nil {
		return nil, formRefusal(http.StatusBadRequest, "form-malformed")
	}
	if r.ContentLength > f.MaxBody {
		return nil, formRefusal(http.StatusRequestEntityTooLarge, "form-too-large")
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, f.MaxBody+1))
	if err != nil {
		return nil, formRefusal(http.StatusBadRequest, "form-malformed")
	}
	if int64(len(body)) > f.MaxBody {
		return nil, formRefusal(http.StatusRequestEntityTooLarge, "form-too-large")
	}
	return body, nil
}

// account returns the one account that the request names. What is in front and
// what is behind may disagree about which of several counts, and about what one
// name is, so that more than one in any spelling is refused; many frameworks
// look into the query, too.
func (f *Form) account(r *http.Request, body []byte) (string, *Refusal) {
	all, err := f.names(r.Header, body)
	if err != nil {
		return "", formRefusal(http.StatusBadRequest, "form-malformed")
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return "", formRefusal(http.StatusBadRequest, "form-malformed")
	}
	if all = append(all, f.ofValues(query)...); len(all) != 1 || strings.TrimSpace(all[0]) == "" {
		return "", formRefusal(http.StatusBadRequest, "account-missing")
	}
	if strings.ContainsFunc(all[0], unread) {
		return "", formRefusal(http.StatusBadRequest, "form-malformed")
	}
	return all[0], nil
}

// unread reports whether some program leaves r out of a name, or ends the name
// there: a control character, or what is no UTF-8. Each way to put them in would
// be a fresh budget.
func unread(r rune) bool { return r == utf8.RuneError || unicode.IsControl(r) }

// names returns every value of the body that somebody could take for the
// account's name.
func (f *Form) names(h http.Header, body []byte) ([]string, error) {
	types := h["Content-Type"]
	if len(types) != 1 || len(h["Content-Encoding"]) > 0 {
		return nil, errMalformed
	}
	media, params, err := mime.ParseMediaType(types[0])
	if err != nil {
		return nil, err
	}
	switch strings.ToLower(params["charset"]) {
	case "", "utf-8", "us-ascii":
	default: // the program would read other letters than we do
		return nil, errMalformed
	}
	form, object := f.Encoding != JSON, f.Encoding != Forms
	switch {
	case form && media == "application/x-www-form-urlencoded":
		values, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, err
		}
		return f.ofValues(values), nil
	case form && media == "multipart/form-data":
		return f.ofParts(body, params["boundary"])
	case object && (media == "application/json" || strings.HasPrefix(media, "application/") && strings.HasSuffix(media, "+json")):
		return f.ofObject(body)
	}
	return nil, errMalformed
}

// sameName reports whether some program takes name for field: letters of either
// case, as Go's JSON does, and PHP's spellings of a dot, a space and a list.
func sameName(name, field string) bool {
	fold := strings.NewReplacer(" ", "_", ".", "_")
	name, field = fold.Replace(strings.TrimLeft(name, " ")), fold.Replace(field)
	if before, _, found := strings.Cut(name, "["); found && strings.EqualFold(before, field) {
		return true
	}
	return strings.EqualFold(name, field)
}

func (f *Form) ofValues(values url.Values) (all []string) {
	for name, some := range values {
		if sameName(name, f.UserField) {
			all = append(all, some...)
		}
	}
	return all
}

// maxParts bounds the parts of a multipart form.
const maxParts = 200

// ofParts reads a multipart form. What parsers are known to read differently is
// refused: another line end, a name given twice or in the extended notation,
// an encoded part.
func (f *Form) ofParts(body []byte, boundary string) (all []string, err error) {
	if boundary == "" || !bytes.HasPrefix(body, []byte("--"+boundary+"\r\n")) {
		return nil, errMalformed
	}
	parts := multipart.NewReader(bytes.NewReader(body), boundary)
	for range maxParts {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		about := part.Header["Content-Disposition"]
		if len(about) != 1 || strings.Contains(strings.ToLower(about[0]), "name*") || len(part.Header["Content-Transfer-Encoding"]) > 0 {
			return nil, errFound
		}
		name := part.FormName()
		if name == "" {
			return nil, errMalformed
		}
		if !sameName(name, f.UserField) {
			continue
		}
		value, err := io.ReadAll(part)
		if err != nil || part.FileName() != "" {
			return nil, errFound
		}
		all = append(all, string(value))
	}
	return nil, errFound
}

// ofObject reads a JSON object.
func (f *Form) ofObject(body []byte) ([]string, error) {
	if !utf8.Valid(body) {
		return nil, errMalformed
	}
	d := json.NewDecoder(bytes.NewReader(body))
	all, err := members(d, f.path())
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errFound
	}
	return all, nil
}

// path takes "user[login]" apart.
func (f *Form) path() []string {
	return strings.FieldsFunc(f.UserField, func(c rune) bool { return c == '[' || c == ']' })
}

// members returns what an object has at the path, every time that it is there.
func members(d *json.Decoder, path []string) (all []string, err error) {
	if start, err := d.Token(); err != nil || start != json.Delim('{') {
		return nil, errMalformed
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		name, _ := key.(string) // keys are
		var some []string
		switch {
		case !sameName(name, path[0]):
			var skipped json.RawMessage
			err = d.Decode(&skipped)
		case len(path) > 1:
			some, err = members(d, path[1:])
		default:
			some = make([]string, 1)
			err = d.Decode(&some[0]) // a number or a list is no name
		}
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	_, err = d.Token()
	return all, err
}
