package ratelimit_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/merlon-go/merlon/ratelimit"
)

// clock is a clock that a test moves.
type clock struct{ now atomic.Int64 }

func newClock() *clock {
	c := new(clock)
	c.now.Store(time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC).UnixNano())
	return c
}

func (c *clock) Now() time.Time          { return time.Unix(0, c.now.Load()) }
func (c *clock) Advance(d time.Duration) { c.now.Add(int64(d)) }

func newMemory(tb testing.TB, now func() time.Time) *ratelimit.Memory {
	tb.Helper()
	m, err := ratelimit.NewMemory(0, now)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func request(method, target, remote string) *http.Request {
	r := httptest.NewRequest(method, target, nil)
	r.RemoteAddr = remote
	return r
}

// post makes a form.
func post(target, remote, form string) *http.Request {
	r := httptest.NewRequest("POST", target, strings.NewReader(form))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.RemoteAddr = remote
	return r
}

// limited is a handler behind limiter that answers 200.
func limited(limiter *ratelimit.Limiter) http.Handler {
	return limiter.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
}

// status sends r to h.
func status(h http.Handler, r *http.Request) int { return send(h, r).Code }

func send(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}
