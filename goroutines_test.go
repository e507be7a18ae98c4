package merlon_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/merlon-go/merlon"
	"github.com/merlon-go/merlon/accounts"
	"github.com/merlon-go/merlon/csp"
	"github.com/merlon-go/merlon/csrf"
	"github.com/merlon-go/merlon/sessions"
)

// TestAskedFromManyGoroutines: what a handler asks about its request, it may ask
// from several goroutines. Several of the answers note something in the header
// of the response, which is one map.
func TestAskedFromManyGoroutines(t *testing.T) {
	site := compose(t, merlon.Config{})
	h := site.Protect(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		var all sync.WaitGroup
		for _, ask := range []func(){
			func() { csp.Nonce(ctx) },
			func() { csrf.Token(ctx) },
			func() { sessions.From(ctx) },
			func() { sessions.Binding(r) },
			func() {
				if err := sessions.Set(ctx, "colour", "blue"); err != nil {
					t.Error(err)
				}
			},
			func() {
				if _, err := accounts.From(ctx); err != nil {
					t.Error(err)
				}
			},
		} {
			for range 4 {
				all.Go(ask)
			}
		}
		all.Wait()
		fmt.Fprint(w, csp.Nonce(ctx))
	}))
	for range 20 {
		res := send(h, secure("GET", "/", nil))
		body, _ := io.ReadAll(res.Body)
		cookies := res.Cookies()
		if nonce := string(body); len(nonce) != 22 || !strings.Contains(res.Header.Get("Content-Security-Policy"), "'nonce-"+nonce+"'") || len(cookies) != 2 {
			t.Fatalf("nonce %q, header %v", nonce, res.Header)
		}
	}
}
