package ratelimit_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/merlon-go/merlon/ratelimit"
)

// TestAttackNameLikeAnAddress posts an address as a name so that, with counts
// that do not know what they count, that address is blocked (django-ratelimit,
// axes).
func TestAttackNameLikeAnAddress(t *testing.T) {
	limiter := limiterFor(t, "net: /a by network 3/h; name: /b by form:username 3/h", nil)
	h := limited(limiter)
	for range 5 {
		status(h, post("/b", "198.51.100.1:1", "username=203.0.113.9"))
	}
	if got := status(h, request("GET", "/a", "203.0.113.9:1")); got != 200 {
		t.Errorf("posting an address as a name blocked the address: %d", got)
	}
}

// TestAttackJoinedValues has two pairs that read the same when joined.
func TestAttackJoinedValues(t *testing.T) {
	limiter := limiterFor(t, "pair: by query:a+query:b 1/h", nil)
	for _, pair := range [][2]string{{"alice1", "1.1.1.1"}, {"alice", "11.1.1.1"}, {"alice11.1.1.1", "x"}, {"x", "alice11.1.1.1"}} {
		if r, err := limiter.Allow(t.Context(), "pair", pair[0], pair[1]); err != nil || !r.Allowed {
			t.Errorf("%q shares a count with another pair: %+v, %v", pair, r, err)
		}
	}
}

// TestAttackLeavingTheHeaderOut finds that a rule by header still limits a
// client that sends none (tollbooth does not limit it at all).
func TestAttackLeavingTheHeaderOut(t *testing.T) {
	for _, key := range []string{"header:X-Token", "query:t", "form:t", "user", "header:X-Token+network"} {
		limiter := limiterFor(t, "a: / by "+key+" 2/h", nil)
		r := request("GET", "/", "203.0.113.9:1")
		if got := play(limited(limiter), r, r, r, request("GET", "/", "203.0.113.10:1")); got != "ooBo" {
			t.Errorf("by %s, absent: %s, want ooBo", key, got)
		}
	}
}

// TestAttackAbsentIsNotAValue sends the empty value, and a value equal to what
// an absent one is counted by.
func TestAttackAbsentIsNotAValue(t *testing.T) {
	limiter := limiterFor(t, "a: /{$} by header:X-Token 1/h; n: /n by network 1/h", nil)
	h := limited(limiter)
	with := func(value string) *http.Request {
		r := request("GET", "/", "203.0.113.9:1")
		r.Header.Set("X-Token", value)
		return r
	}
	absent := request("GET", "/", "203.0.113.9:1")
	if got := play(h, absent, with(""), with(" "), with("203.0.113.9"), request("GET", "/n", "203.0.113.9:1")); got != "oBBoo" {
		t.Errorf("%s, want oBBoo", got)
	}
}

// TestAttackTwoValues sends a value twice, differently, so that the limiter
// counts one and the handler believes the other.
func TestAttackTwoValues(t *testing.T) {
	limiter := limiterFor(t, "f: POST /f by form:email 9/h; h: GET /h by header:X-Key 9/h; q: GET /q by query:email 9/h", nil)
	h := limited(limiter)
	header := request("GET", "/h", "203.0.113.9:1")
	header.Header["X-Key"] = []string{"a", "b"}
	jsonTwice := post("/f", "203.0.113.9:1", `{"email":"a","EMAIL":"b"}`)
	jsonTwice.Header.Set("Content-Type", "application/json")
	for name, r := range map[string]*http.Request{
		"form":           post("/f", "203.0.113.9:1", "email=a&email=b"),
		"form and query": post("/f?email=b", "203.0.113.9:1", "email=a"),
		"query":          request("GET", "/q?email=a&email=b", "203.0.113.9:1"),
		"header":         header,
		"JSON":           jsonTwice,
	} {
		if got := status(h, r); got != http.StatusBadRequest {
			t.Errorf("%s: %d, want 400", name, got)
		}
	}
	if got := status(h, post("/f?email=Ann", "203.0.113.9:1", "email=ann+&email=ANN")); got != 200 {
		t.Errorf("the same value several times: %d", got)
	}
}

// TestAttackSpellings writes one address in several ways for a limit each.
func TestAttackSpellings(t *testing.T) {
	limiter := limiterFor(t, "a: POST / by form:email 1/h", nil)
	h := limited(limiter)
	first := post("/", "203.0.113.9:1", "email=ann@example.com")
	if got := play(h, first, post("/", "203.0.113.9:1", "email=ANN@example.com"), post("/", "203.0.113.9:1", "email=%20Ann@Example.com%20%09")); got != "oBB" {
		t.Errorf("%s, want oBB", got)
	}
}

// TestAttackFieldBehindPadding hides the field behind more than is read.
func TestAttackFieldBehindPadding(t *testing.T) {
	limiter := limiterFor(t, "a: POST / by form:email 1/h", func(cfg *ratelimit.Config) { cfg.MaxForm = 1000 })
	h := limited(limiter)
	long := "x=" + strings.Repeat("x", 1000) + "&email=ann@example.com"
	if got := status(h, post("/", "203.0.113.9:1", long)); got != http.StatusRequestEntityTooLarge {
		t.Errorf("a longer form: %d, want 413", got)
	}
	chunked := post("/", "203.0.113.9:1", long)
	chunked.ContentLength = -1
	if got := status(h, chunked); got != http.StatusRequestEntityTooLarge {
		t.Errorf("a longer form of unknown length: %d, want 413", got)
	}
	upload := post("/", "203.0.113.9:1", long)
	upload.Header.Set("Content-Type", "application/octet-stream")
	if got := status(h, upload); got != 200 {
		t.Errorf("a body that has no fields: %d", got)
	}
}

// TestAttackHugeKey sends a value that would be an 8 KB key elsewhere, and one
// that is too long for anything.
func TestAttackHugeKey(t *testing.T) {
	limiter := limiterFor(t, "a: / by header:X-Key 1/h", nil)
	h := limited(limiter)
	with := func(n int) *http.Request {
		r := request("GET", "/", "203.0.113.9:1")
		r.Header.Set("X-Key", strings.Repeat("k", n))
		return r
	}
	if got := play(h, with(8000), with(8000), with(7999)); got != "oBo" {
		t.Errorf("%s, want oBo", got)
	}
	if got := status(h, with(9000)); got != http.StatusBadRequest {
		t.Errorf("9,000 bytes: %d, want 400", got)
	}
}

// TestAttackForwardedFor invents addresses: only package hosts may believe
// such a header.
func TestAttackForwardedFor(t *testing.T) {
	limiter := limiterFor(t, "a: / by network 1/h", nil)
	h := limited(limiter)
	got := ""
	for i, name := range []string{"X-Forwarded-For", "X-Real-Ip", "True-Client-Ip", "Forwarded"} {
		r := request("GET", "/", "203.0.113.9:1")
		r.Header.Set(name, "9.9.9."+strconv.Itoa(i))
		w := send(h, r)
		got += map[int]string{200: "o", 429: "B"}[w.Code]
		for key, values := range w.Header() {
			if strings.Contains(fmt.Sprint(values), "9.9.9.") || strings.Contains(fmt.Sprint(values), "203.0.113") {
				t.Errorf("%s shows an address: %v", key, values)
			}
		}
	}
	if got != "oBBB" {
		t.Errorf("%s, want oBBB", got)
	}
}

// TestAttackRotatingIPv6 uses a thousand addresses of one customer.
func TestAttackRotatingIPv6(t *testing.T) {
	limiter := limiterFor(t, "a: / by network 5/h", nil)
	h := limited(limiter)
	passed := 0
	for i := range 1000 {
		if status(h, request("GET", "/", fmt.Sprintf("[2001:db8:0:7:%x:%x::1]:1", i, i))) == 200 {
			passed++
		}
	}
	if passed != 5 {
		t.Errorf("%d of 1,000 addresses of one network passed, want 5", passed)
	}
}

// TestAttackWindowEdge sends bursts around every moment at which a fixed
// window could turn over: twice the limit never passes.
func TestAttackWindowEdge(t *testing.T) {
	c := newClock()
	limiter := limiterFor(t, "a: by user 10/m", func(cfg *ratelimit.Config) { cfg.Now = c.Now })
	for range 600 {
		passed := 0
		for range 2 {
			for range 20 {
				if r, _ := limiter.Allow(t.Context(), "a", "ann"); r.Allowed {
					passed++
				}
			}
			c.Advance(200 * time.Millisecond)
		}
		if passed > 11 {
			t.Fatalf("%d passed within 400 ms, the burst is 10", passed)
		}
		c.Advance(99 * time.Millisecond)
	}
}

// TestNoErrorsUnderContention has many processors use one key: throttled gives
// up after ten tries and answers 500.
func TestNoErrorsUnderContention(t *testing.T) {
	limiter := limiterFor(t, "a: by user 100/h", nil)
	var passed atomic.Int64
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 2000 {
				r, err := limiter.Allow(context.Background(), "a", "ann")
				if err != nil || r.Degraded {
					t.Errorf("%+v, %v", r, err)
				}
				if r.Allowed {
					passed.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if passed.Load() != 100 {
		t.Errorf("%d passed, want 100", passed.Load())
	}
}

// TestAttackFloodForgetsBlockedKey floods a full table with fresh keys, of
// rules with longer debts too: keys that are blocked stay blocked. A blocked key
// goes only if all four of a bucket are blocked. Any 25 keys have four in common
// in one of 7,424 buckets, each of two, with a probability below
// 16·12,650/7,424³: less than one in a million.
func TestAttackFloodForgetsBlockedKey(t *testing.T) {
	c := newClock() // stands still, however slow the machine
	limiter := limiterFor(t, "login: by user 5/m; day: by query:q 1000/d; one: by query:one 1/10s",
		func(cfg *ratelimit.Config) { cfg.MaxKeys, cfg.Now = 20_000, c.Now })
	ctx := t.Context()
	blocked := names(25)
	for _, key := range blocked {
		for range 6 {
			limiter.Allow(ctx, "login", key)
		}
	}
	for i := range 40_000 { // four for each place
		limiter.Allow(ctx, "day", "flood"+strconv.Itoa(i))
		limiter.Allow(ctx, "one", "flood"+strconv.Itoa(i))
		limiter.Allow(ctx, "login", "flood"+strconv.Itoa(i))
	}
	for _, key := range blocked {
		if r, _ := limiter.Peek(ctx, "login", key); r.Allowed {
			t.Fatalf("a flood of fresh keys freed %q: %+v", key, r)
		}
	}
}

// TestKeysWithoutInformationGoFirst fills the table with keys whose time has
// passed: fresh keys take their places and nobody else's.
func TestKeysWithoutInformationGoFirst(t *testing.T) {
	c := newClock()
	limiter := limiterFor(t, "a: by user 2/m; b: by query:b 2/s", func(cfg *ratelimit.Config) { cfg.MaxKeys, cfg.Now = 20_000, c.Now })
	ctx := t.Context()
	for round := range 20 {
		limiter.Allow(ctx, "a", "ann"+strconv.Itoa(round))
		for i := range 10_000 {
			limiter.Allow(ctx, "b", strconv.Itoa(round)+"/"+strconv.Itoa(i))
		}
		c.Advance(time.Second)
	}
	for round := range 20 {
		if r, _ := limiter.Peek(ctx, "a", "ann"+strconv.Itoa(round)); r.Remaining == 2 {
			t.Errorf("the key of round %d was forgotten", round)
		}
	}
}

// TestCapHoldsAlmostAllKeys inserts as many keys as the cap says. Where they come
// to lie is chance: once it is fixed, and once it is that of this run, where many
// more are allowed to be lost than ever are. On average it is two, and that it is
// a hundred is less likely than one in 10^100.
func TestCapHoldsAlmostAllKeys(t *testing.T) {
	const keys, allowed, neverLost = 100_000, 10, 100
	c := newClock()
	m, err := ratelimit.NewMemory(keys, c.Now)
	if err != nil {
		t.Fatal(err)
	}
	lost := func(take func(i int, look bool) (there bool)) (n int) {
		for i := range keys {
			take(i, false)
		}
		for i := range keys {
			if !take(i, true) {
				n++
			}
		}
		return n
	}
	rng := rand.New(rand.NewPCG(1, 2))
	marks := make([]uint64, keys)
	for i := range marks {
		marks[i] = rng.Uint64()
	}
	if n := lost(func(i int, look bool) bool {
		return m.TakeMarked(marks[i], ratelimit.Cell{Interval: time.Hour, Burst: 2, Cost: 1, Look: look}) > 0
	}); n > allowed {
		t.Errorf("%d of %d keys within the cap were forgotten", n, keys)
	}
	limiter := limiterFor(t, "a: by user 2/h", func(cfg *ratelimit.Config) { cfg.MaxKeys, cfg.Now = keys, c.Now })
	users := names(keys)
	if n := lost(func(i int, look bool) bool {
		if !look {
			r, _ := limiter.Allow(t.Context(), "a", users[i])
			return r.Allowed
		}
		r, _ := limiter.Peek(t.Context(), "a", users[i])
		return r.Remaining == 1
	}); n >= neverLost {
		t.Errorf("%d of %d users within the cap were forgotten", n, keys)
	}
}

// TestFormIsNotEaten reads the body after the limiter did.
func TestFormIsNotEaten(t *testing.T) {
	var multi bytes.Buffer
	form := multipart.NewWriter(&multi)
	form.WriteField("other", "x")
	form.WriteField("email", "ann@example.com")
	form.Close()
	for _, c := range []struct{ contentType, body string }{
		{"application/x-www-form-urlencoded", "email=ann%40example.com&other=x"},
		{"application/x-www-form-urlencoded; charset=utf-8", "email=ann@example.com"},
		{form.FormDataContentType(), multi.String()},
		{"application/json", `{"other": [1, {"email": "no"}], "email": "ann@example.com", "rest": null}`},
		{"application/json; charset=utf-8", `{"Email": "Ann@example.com"}`},
	} {
		limiter := limiterFor(t, "a: / by form:email 2/h", nil)
		h := limiter.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			got, err := io.ReadAll(r.Body)
			if err != nil || string(got) != c.body {
				t.Errorf("%s: the handler read %q, %v", c.contentType, got, err)
			}
			if err := r.Body.Close(); err != nil {
				t.Error(err)
			}
		}))
		r := httptest.NewRequest("POST", "/", strings.NewReader(c.body))
		r.Header.Set("Content-Type", c.contentType)
		if got := status(h, r); got != 200 {
			t.Errorf("%s: %d", c.contentType, got)
		}
		if result, _ := limiter.Peek(t.Context(), "a", "ann@example.com"); result.Remaining != 1 {
			t.Errorf("%s: the field was not found", c.contentType)
		}
	}
}

// TestFormWithBrokenBody gives the handler the bytes and the error.
func TestFormWithBrokenBody(t *testing.T) {
	limiter := limiterFor(t, "a: / by form:email 2/h", nil)
	h := limiter.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got, err := io.ReadAll(r.Body)
		if string(got) != "email=ann" || err != io.ErrUnexpectedEOF {
			t.Errorf("%q, %v", got, err)
		}
	}))
	r := httptest.NewRequest("POST", "/", io.MultiReader(strings.NewReader("email=ann"), brokenReader{}))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	status(h, r)
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// TestFormParsedBefore finds the fields that somebody else parsed.
func TestFormParsedBefore(t *testing.T) {
	limiter := limiterFor(t, "a: / by form:email 1/h", nil)
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		limited(limiter).ServeHTTP(w, r)
	})
	if got := play(h, post("/", "203.0.113.9:1", "email=ann"), post("/", "203.0.113.9:1", "email=bob"), post("/", "203.0.113.9:1", "email=ann")); got != "ooB" {
		t.Errorf("%s, want ooB", got)
	}
}

func FuzzForm(f *testing.F) {
	f.Add("application/x-www-form-urlencoded", "email=a&email=b;c=%zz")
	f.Add("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\nann\r\n--x--")
	f.Add("application/json", `{"email":{"email":"a"},"Email":1e999}`)
	limiter := limiterFor(f, "a: / by form:email 1000000/s", func(cfg *ratelimit.Config) { cfg.MaxForm = 512 })
	f.Fuzz(func(t *testing.T, contentType, body string) {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		limiter.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if got, err := io.ReadAll(r.Body); err != nil || string(got) != body {
				t.Errorf("the handler read %q, %v; sent was %q", got, err, body)
			}
		})).ServeHTTP(httptest.NewRecorder(), r)
	})
}

// FuzzKeys has two keys: what differs must not share a count.
func FuzzKeys(f *testing.F) {
	f.Add("alice1", "1.1.1.1", "alice", "11.1.1.1")
	f.Add("", "a", "a", "")
	f.Fuzz(func(t *testing.T, a1, a2, b1, b2 string) {
		limiter := limiterFor(t, "x: by user+session 1/h; y: by session+user 1/h", func(cfg *ratelimit.Config) {
			cfg.MaxKeys, cfg.Session = 1, func(*http.Request) string { return "" }
		})
		if a1 == "" || a2 == "" || b1 == "" || b2 == "" {
			return
		}
		limiter.Allow(t.Context(), "x", a1, a2)
		r, err := limiter.Peek(t.Context(), "x", b1, b2)
		if err != nil || r.Allowed != (a1 != b1 || a2 != b2) {
			t.Errorf("%q, %q and %q, %q: %+v, %v", a1, a2, b1, b2, r, err)
		}
		if r, err := limiter.Peek(t.Context(), "y", a1, a2); err != nil || !r.Allowed {
			t.Errorf("rules share a count: %+v, %v", r, err)
		}
	})
}
