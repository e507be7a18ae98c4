// Package deny is how a control says no: one typed error, one audit event, one
// answer that tells the client the bare status and the request's id.
package deny

import (
	"encoding/json"
	"html"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/internal/request"
)

// A Refusal is why a control refused a request. The client learns Status and
// RetryAfter; the rest goes to the audit trail and to the [Handler].
type Refusal struct {
	// Status is the HTTP status, 400 to 599.
	Status int
	// Control is the package that refused, such as "csrf".
	Control string
	// Reason is a short stable code in lower case with hyphens, such as
	// "token-missing".
	Reason string
	// Event is the name under which the refusal is audited; empty means that
	// it is not audited.
	Event audit.Name
	// Detail is a sentence for the site's people. It never holds a secret and
	// is never sent to the client.
	Detail string
	// RetryAfter, if positive, is sent as Retry-After, rounded up to seconds.
	RetryAfter time.Duration
	// Problem holds members for the problem+json body, such as type; the
	// client sees them. Nil adds none.
	Problem map[string]any
	// Err is the cause, for errors.Is; nil if there is none.
	Err error
}

// Error returns control and reason, as in "csrf: token-missing".
func (r *Refusal) Error() string { return r.Control + ": " + r.Reason }

// Unwrap returns the cause.
func (r *Refusal) Unwrap() error { return r.Err }

// A Handler answers a refused request: it must write a response with the
// status of the refusal and must not show its reason or detail.
type Handler func(w http.ResponseWriter, r *http.Request, refusal *Refusal)

// Refuse ends the request r: it notes the refusal in the request's Info,
// records it in sink (nil drops it) and lets handler answer (nil means [Write]).
func Refuse(w http.ResponseWriter, r *http.Request, refusal *Refusal, sink audit.Sink, handler Handler) {
	info, r := request.Attach(r)
	info.Refusal = refusal
	if sink != nil && refusal.Event != "" {
		// The refusal stands whether or not it could be recorded.
		_ = sink.Record(r.Context(), audit.Event{
			Name:      refusal.Event,
			RequestID: info.ID(),
			Client:    request.Client(r),
			Subject:   r.Method + " " + r.URL.Path,
			Control:   refusal.Control,
			Reason:    refusal.Reason,
			Detail:    refusal.Detail,
		})
	}
	if refusal.RetryAfter > 0 {
		seconds := (refusal.RetryAfter + time.Second - 1) / time.Second
		w.Header().Set("Retry-After", strconv.FormatInt(int64(seconds), 10))
	}
	if handler == nil {
		handler = Write
	}
	handler(w, r, refusal)
}

// Write answers with the refusal's status: application/problem+json (RFC 9457)
// when the client prefers JSON, a short HTML page otherwise. Both carry the
// request's id and nothing else about the refusal.
func Write(w http.ResponseWriter, r *http.Request, refusal *Refusal) {
	info, r := request.Attach(r)
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Request-Id", info.ID())
	h.Del("Content-Length")
	h.Del("Content-Encoding")
	h.Del("Etag")
	h.Del("Last-Modified")
	if WantsJSON(r) {
		Problem(w, refusal.Status, info.ID(), refusal.Problem)
		return
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(refusal.Status)
	if r.Method == http.MethodHead {
		return
	}
	title := html.EscapeString(strconv.Itoa(refusal.Status) + " " + http.StatusText(refusal.Status))
	io.WriteString(w, "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>"+title+"</title>\n<h1>"+title+
		"</h1>\n<p>Request <code>"+html.EscapeString(info.ID())+"</code></p>\n")
}

// Prepare makes h the header of a refusal: not stored anywhere, with the
// request's id, and without what a handler said about a body it did not send.
func Prepare(h http.Header, id string) {
	h.Set("Cache-Control", "no-store")
	h.Set("X-Request-Id", id)
	for _, name := range []string{"Content-Length", "Content-Encoding", "Etag", "Last-Modified"} {
		h.Del(name)
	}
}

// Problem writes an application/problem+json body (RFC 9457) with the status,
// its standard title, the request's id as request_id, and members of extra,
// which must not name type, title, status or request_id.
func Problem(w http.ResponseWriter, status int, id string, extra map[string]any) {
	body := map[string]any{}
	for k, v := range extra {
		body[k] = v
	}
	if body["type"] == nil {
		body["type"] = "about:blank"
	}
	body["title"] = http.StatusText(status)
	body["status"] = status
	body["request_id"] = id
	text, err := json.Marshal(body)
	if err != nil { // extra held something that is not JSON: a mistake in our own code
		text = []byte(`{"type":"about:blank","status":` + strconv.Itoa(status) + `}`)
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	w.Write(append(text, '\n'))
}

// WantsJSON reports whether the client would rather have JSON than HTML: it
// sent JSON, or its Accept header names a JSON type and not text/html.
func WantsJSON(r *http.Request) bool {
	if isJSON(r.Header.Get("Content-Type")) {
		return true
	}
	accept := r.Header.Get("Accept")
	if len(accept) > 1024 {
		return false
	}
	found := false
	for part := range strings.SplitSeq(accept, ",") {
		if isJSON(part) {
			found = true
		} else if media, _, err := mime.ParseMediaType(part); err == nil && (media == "text/html" || media == "application/xhtml+xml") {
			return false
		}
	}
	return found
}

func isJSON(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && (media == "application/json" || strings.HasPrefix(media, "application/") && strings.HasSuffix(media, "+json"))
}
