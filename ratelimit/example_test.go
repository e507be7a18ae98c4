package ratelimit_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/merlon-go/merlon/ratelimit"
)

func Example() {
	rules, err := ratelimit.ParseRules("search: GET /search by network 2/m; upload: POST /files/ by network 10/h burst 3 closed")
	if err != nil {
		panic(err)
	}
	limiter, err := ratelimit.New(ratelimit.Config{Rules: rules})
	if err != nil {
		panic(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /search", func(w http.ResponseWriter, r *http.Request) {})
	handler := limiter.Handler(mux)

	for range 3 {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest("GET", "/search", nil))
		fmt.Println(w.Code, w.Header().Get("RateLimit"))
	}
	// Output:
	// 200 "search";r=1;t=30
	// 200 "search";r=0;t=30
	// 429 "search";r=0;t=30
}

// Wrong passwords count, right ones do not; and no more than five can be tried
// at once.
func ExampleFailed() {
	limiter, err := ratelimit.New(ratelimit.Config{Rules: []ratelimit.Rule{{
		Name: "login", Key: ratelimit.ByNetwork(), Rate: ratelimit.MustRate("5/10m"), Count: ratelimit.CountFailed,
	}}})
	if err != nil {
		panic(err)
	}
	login := limiter.Rule("login").Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("password") != "correct horse" {
			ratelimit.Failed(r.Context())
			http.Error(w, "wrong password", http.StatusUnauthorized)
		}
	}))
	for _, password := range []string{"correct+horse", "1", "2", "3", "4", "5", "6"} {
		w := httptest.NewRecorder()
		login.ServeHTTP(w, httptest.NewRequest("POST", "/login?password="+password, nil))
		fmt.Print(w.Code, " ")
	}
	// Output: 200 401 401 401 401 401 429
}

func ExampleLimiter_Allow() {
	limiter, err := ratelimit.New(ratelimit.Config{
		Rules: []ratelimit.Rule{{Name: "invitations", Key: ratelimit.ByUser(), Rate: ratelimit.MustRate("2/d")}},
		User:  func(r *http.Request) string { return "" },
		Now:   func() time.Time { return time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC) },
	})
	if err != nil {
		panic(err)
	}
	for range 3 {
		result, err := limiter.Allow(context.Background(), "invitations", "user-17")
		fmt.Println(result.Allowed, result.Remaining, result.RetryAfter, err)
	}
	// Output:
	// true 1 0s <nil>
	// true 0 0s <nil>
	// false 0 12h0m0s <nil>
}
