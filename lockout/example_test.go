package lockout_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/merlon-go/merlon/lockout"
	"github.com/merlon-go/merlon/secrets"
)

func Example() {
	ring, err := secrets.NewRing(secrets.New(secrets.Generate()))
	if err != nil {
		fmt.Println(err)
		return
	}
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	guard, err := lockout.New(lockout.Config{
		Keys: ring, Store: lockout.NewMemory(0), // db.Lockout() in production
		FailureLimit: 3, SkipDelay: true,
		Now: func() time.Time { return now },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	signIn := func(w http.ResponseWriter, r *http.Request) {
		attempt, err := guard.Attempt(r.Context(), guard.AttemptOf(r, "ann@example.com"))
		if err != nil {
			guard.Refuse(w, r, err)
			return
		}
		if r.URL.Query().Get("password") != "correct horse" { // never in the address, of course
			if err := attempt.Fail(r.Context()); err != nil {
				guard.Refuse(w, r, err)
				return
			}
			w.WriteHeader(http.StatusUnprocessableEntity)
			return
		}
		if err := attempt.Succeed(r.Context()); err != nil {
			guard.Refuse(w, r, err)
			return
		}
		guard.Trust(w, r, "ann@example.com")
	}
	for _, password := range []string{"a", "b", "c", "correct+horse"} {
		w := httptest.NewRecorder()
		signIn(w, httptest.NewRequest("POST", "/?password="+password, nil))
		fmt.Printf("%d %q\n", w.Code, w.Header().Get("Retry-After"))
	}
	// Output:
	// 422 ""
	// 422 ""
	// 429 "900"
	// 429 "900"
}
