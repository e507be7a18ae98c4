package accounts

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync"

	"github.com/merlon-go/merlon/internal/deny"
	"github.com/merlon-go/merlon/internal/request"
	"github.com/merlon-go/merlon/sessions"
)

// identity is who a request comes from, found out when first asked for.
type identity struct {
	accounts *Accounts
	ctx      context.Context // of the request

	mu    sync.Mutex
	asked string // id of the session the answer is about
	known bool
	user  *User
}

// Handler lets handlers behind it ask [From] whom a request comes from. It costs
// nothing until one asks. It must come after sessions.Manager.Handler.
func (a *Accounts) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, a.attach(r))
	})
}

func (a *Accounts) attach(r *http.Request) *http.Request {
	info, r := request.Attach(r)
	if id, ok := info.Account.(*identity); !ok || id.accounts != a {
		info.Account = &identity{accounts: a, ctx: r.Context()}
	}
	return r
}

// From returns the user who is signed in, or nil if nobody is. A user who was
// disabled, or whose session is older than the last sign-out everywhere, is
// not. An error means that nothing is known: answer it with 503. Outside
// [Accounts.Handler] it returns nil. The user is shared by everybody who asks
// about this request; do not change it.
func From(ctx context.Context) (*User, error) {
	info := request.From(ctx)
	if info == nil {
		return nil, nil
	}
	id, _ := info.Account.(*identity)
	if id == nil {
		return nil, nil
	}
	return id.load()
}

func (id *identity) load() (*User, error) {
	session := sessions.From(id.ctx)
	if session == nil || session.UserID() == "" {
		return nil, nil
	}
	id.mu.Lock()
	defer id.mu.Unlock()
	if id.known && id.asked == session.ID() {
		return id.user, nil
	}
	u, err := id.accounts.cfg.Store.Find(id.ctx, Key{ID: session.UserID()})
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	id.known, id.asked, id.user = true, session.ID(), nil
	if err == nil && !u.Disabled && !session.AuthenticatedAt().Before(u.RevokedBefore) {
		id.user = &u
	}
	return id.user, nil
}

// Require lets only users pass who are signed in. Others are sent to sign in
// and back; a request that wants JSON gets 401, and one that is not GET or HEAD
// is sent to sign in without coming back, for what it held is lost.
func (a *Accounts) Require(next http.Handler) http.Handler {
	return http.HandlerFunc(a.member(next.ServeHTTP))
}

// member is Require for handler functions.
func (a *Accounts) member(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r = a.attach(r)
		u, err := From(r.Context())
		switch {
		case err != nil:
			a.unavailable(w, r, err)
		case u != nil:
			next(w, r)
		case deny.WantsJSON(r):
			a.refuse(w, r, &Refusal{Status: http.StatusUnauthorized, Control: "accounts", Reason: "signed-out"})
		case r.Method == http.MethodGet || r.Method == http.MethodHead:
			seeOther(w, r, pathLogin+"?next="+url.QueryEscape(r.URL.RequestURI()))
		default:
			seeOther(w, r, pathLogin)
		}
	}
}

// must returns the user behind [Accounts.member], where there always is one.
func must(r *http.Request) *User {
	u, _ := From(r.Context())
	return u
}
