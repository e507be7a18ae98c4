package deny_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/internal/deny"
	"github.com/merlon-go/merlon/internal/request"
)

type sink struct {
	events []audit.Event
	err    error
}

func (s *sink) Record(_ context.Context, e audit.Event) error {
	s.events = append(s.events, e)
	return s.err
}

func refusal() *deny.Refusal {
	return &deny.Refusal{Status: 429, Control: "ratelimit", Reason: "home", Event: audit.RateLimitExceeded,
		Detail: "a sentence for the site's people", RetryAfter: 1500 * time.Millisecond, Err: context.Canceled}
}

func TestRefusalIsAnError(t *testing.T) {
	var err error = refusal()
	if err.Error() != "ratelimit: home" || !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestRefuse(t *testing.T) {
	s := &sink{err: errors.New("the disk is full")} // the refusal stands all the same
	info, r := request.Attach(httptest.NewRequest("POST", "/login?password=x", nil))
	w := httptest.NewRecorder()
	deny.Refuse(w, r, refusal(), s, nil)
	if w.Code != 429 || w.Header().Get("Retry-After") != "2" || w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("X-Request-Id") != info.ID() {
		t.Errorf("status %d, header %v", w.Code, w.Header())
	}
	if body := w.Body.String(); !strings.Contains(body, info.ID()) || strings.Contains(body, "home") || strings.Contains(body, "sentence") {
		t.Errorf("body %q", body)
	}
	if len(s.events) != 1 || s.events[0].Subject != "POST /login" || s.events[0].RequestID != info.ID() || s.events[0].Reason != "home" {
		t.Errorf("events %+v", s.events)
	}
	if info.Refusal == nil {
		t.Error("the request does not know")
	}
}

func TestRefuseWithoutEventIsNotAudited(t *testing.T) {
	s := new(sink)
	quiet := refusal()
	quiet.Event, quiet.RetryAfter = "", 0
	w := httptest.NewRecorder()
	deny.Refuse(w, httptest.NewRequest("GET", "/", nil), quiet, s, func(w http.ResponseWriter, r *http.Request, got *deny.Refusal) {
		if got != quiet || request.From(r.Context()) == nil {
			t.Error("the handler does not see the refusal")
		}
		w.WriteHeader(418)
	})
	if w.Code != 418 || len(s.events) != 0 || w.Header().Get("Retry-After") != "" {
		t.Errorf("status %d, events %v, header %v", w.Code, s.events, w.Header())
	}
}

// What described the page that was refused must not describe the refusal.
func TestWriteDropsWhatTheHandlerSaid(t *testing.T) {
	w := httptest.NewRecorder()
	for _, name := range []string{"Content-Length", "Content-Encoding", "Etag", "Last-Modified"} {
		w.Header().Set(name, "x")
	}
	deny.Write(w, httptest.NewRequest("HEAD", "/", nil), refusal())
	for _, name := range []string{"Content-Length", "Content-Encoding", "Etag", "Last-Modified"} {
		if w.Header().Get(name) != "" {
			t.Errorf("%s stays", name)
		}
	}
	if w.Body.Len() != 0 {
		t.Error("HEAD has a body")
	}
}

func TestWriteJSON(t *testing.T) {
	info, r := request.Attach(httptest.NewRequest("GET", "/", nil))
	r.Header.Set("Accept", "application/json")
	w := httptest.NewRecorder()
	deny.Write(w, r, refusal())
	var body map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
		t.Fatal(err)
	}
	if w.Header().Get("Content-Type") != "application/problem+json" || len(body) != 4 || body["status"] != 429.0 ||
		body["title"] != "Too Many Requests" || body["type"] != "about:blank" || body["request_id"] != info.ID() {
		t.Errorf("header %v, body %v", w.Header(), body)
	}
}

func TestProblemKeepsItsOwnMembers(t *testing.T) {
	w := httptest.NewRecorder()
	deny.Problem(w, 400, "id", map[string]any{"status": 200, "title": "x", "request_id": "y", "type": "https://a.example/t", "code": "c"})
	var body map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
		t.Fatal(err)
	}
	if body["status"] != 400.0 || body["title"] != "Bad Request" || body["request_id"] != "id" || body["type"] != "https://a.example/t" || body["code"] != "c" {
		t.Error(body)
	}
	w = httptest.NewRecorder()
	deny.Problem(w, 400, "id", map[string]any{"f": func() {}})
	if w.Code != 400 || !json.Valid(w.Body.Bytes()) {
		t.Errorf("status %d, body %q", w.Code, w.Body)
	}
}

func TestWantsJSON(t *testing.T) {
	rows := []struct {
		contentType, accept string
		want                bool
	}{
		{"", "", false},
		{"", "*/*", false},
		{"", "text/html,application/xhtml+xml,*/*;q=0.8", false},
		{"", "application/json", true},
		{"", "APPLICATION/JSON; charset=utf-8", true},
		{"", "application/problem+json, */*", true},
		{"", "application/json, text/html", false},
		{"application/json", "text/html", true},
		{"application/json; charset=utf-8", "", true},
		{"text/plain; x=application/json", "", false},
		{"", "text/jsonx, application/jsonx", false},
		{"", "application/json" + strings.Repeat(",a/b", 1000), false},
		{"", ";;;,,,", false},
	}
	for _, row := range rows {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Content-Type", row.contentType)
		r.Header.Set("Accept", row.accept)
		if got := deny.WantsJSON(r); got != row.want {
			t.Errorf("Content-Type %q, Accept %.40q: %t", row.contentType, row.accept, got)
		}
	}
}
