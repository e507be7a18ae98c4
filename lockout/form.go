package lockout

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/internal/request"
)

// DefaultMaxForm is how much of a body is read for the user's name, in bytes.
const DefaultMaxForm = 64 << 10

// A Form is a sign-in form of a program that knows nothing of this package,
// such as one behind the gateway.
type Form struct {
	// Pattern says which requests submit the form, as http.ServeMux does:
	// "POST /login".
	Pattern string
	// UserField is the field that names the account. A request that has it not
	// once, or whose body is no urlencoded form, is refused with 400: what
	// cannot be counted is not passed on.
	UserField string
	// Failed tells from the answer whether the credentials were wrong. Nil
	// takes everything but a redirect for a failure, as most forms behave.
	Failed func(status int, h http.Header) bool
	// MaxBody bounds the body, in bytes; 0 means 64 KiB.
	MaxBody int64
}

// Form guards a form of another program. The handler gets the whole body. Its
// answer is held back until it is clear what it means: where the failure locks,
// the lock is answered in its place, and where a success cannot be noted, 503.
func (g *Guard) Form(f Form) (func(http.Handler) http.Handler, error) {
	var patterns request.Patterns[struct{}]
	if err := patterns.Add(f.Pattern, struct{}{}); err != nil {
		return nil, fmt.Errorf("lockout: form: %w", err)
	}
	if f.UserField == "" {
		return nil, errors.New("lockout: form without UserField: nothing would be counted by user")
	}
	if f.MaxBody < 0 {
		return nil, errors.New("lockout: form with a negative MaxBody")
	}
	if g.cfg.HideLock {
		return nil, errors.New("lockout: form: HideLock needs a handler that knows it")
	}
	if f.MaxBody == 0 {
		f.MaxBody = DefaultMaxForm
	}
	if f.Failed == nil {
		f.Failed = func(status int, _ http.Header) bool { return status < 300 || status > 399 }
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, ok := patterns.Match(r); ok {
				g.guardForm(w, r, &f, next)
				return
			}
			next.ServeHTTP(w, r)
		})
	}, nil
}

func (g *Guard) guardForm(w http.ResponseWriter, r *http.Request, f *Form, next http.Handler) {
	account, refusal := f.account(r)
	if refusal != nil {
		g.Refuse(w, r, refusal)
		return
	}
	res, err := g.Attempt(r.Context(), g.AttemptOf(r, account))
	if err != nil {
		g.Refuse(w, r, err)
		return
	}
	v := &verdict{ResponseWriter: w, r: r, res: res, failed: f.Failed, before: w.Header().Clone()}
	next.ServeHTTP(v, r)
	if !v.decided {
		v.WriteHeader(http.StatusOK)
	}
}

// account reads the name of the account and puts the body back.
func (f *Form) account(r *http.Request) (string, *Refusal) {
	refuse := func(status int, reason string) (string, *Refusal) {
		return "", &Refusal{Status: status, Control: "lockout", Reason: reason, Event: audit.InputValidationFail}
	}
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/x-www-form-urlencoded" || r.Body == nil {
		return refuse(http.StatusBadRequest, "form-malformed")
	}
	if r.ContentLength > f.MaxBody {
		return refuse(http.StatusRequestEntityTooLarge, "form-too-large")
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, f.MaxBody+1))
	if err != nil {
		return refuse(http.StatusBadRequest, "form-malformed")
	}
	if int64(len(body)) > f.MaxBody {
		return refuse(http.StatusRequestEntityTooLarge, "form-too-large")
	}
	r.Body = struct {
		io.Reader
		io.Closer
	}{bytes.NewReader(body), r.Body}
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return refuse(http.StatusBadRequest, "form-malformed")
	}
	// What is in front and what is behind may disagree about which of several
	// counts, and many frameworks look into the query too.
	all := append(values[f.UserField], r.URL.Query()[f.UserField]...)
	if len(all) != 1 || strings.TrimSpace(all[0]) == "" {
		return refuse(http.StatusBadRequest, "account-missing")
	}
	return all[0], nil
}

// A verdict holds an answer back until its status tells how the attempt ended.
type verdict struct {
	http.ResponseWriter
	r       *http.Request
	res     *Reservation
	failed  func(int, http.Header) bool
	before  http.Header // what stood before the handler ran
	decided bool
	refused bool // what the handler writes is not sent
}

// WriteHeader settles the attempt.
func (v *verdict) WriteHeader(status int) {
	if v.decided || status < 200 {
		if !v.decided {
			v.ResponseWriter.WriteHeader(status)
		}
		return
	}
	v.decided = true
	g, ctx := v.res.guard, v.r.Context()
	var err error
	if v.failed(status, v.Header()) {
		err = v.res.Fail(ctx)
	} else if err = v.res.Succeed(ctx); err == nil {
		g.Trust(v.ResponseWriter, v.r, v.res.attempt.Account)
	}
	if err != nil {
		v.refused = true
		// What the handler said belongs to an answer that is not given: a
		// session's cookie above all.
		clear(v.Header())
		maps.Copy(v.Header(), v.before)
		g.Refuse(v.ResponseWriter, v.r, err)
		return
	}
	v.ResponseWriter.WriteHeader(status)
}

// Write sends a part of the answer, or swallows it if it was refused.
func (v *verdict) Write(b []byte) (int, error) {
	if !v.decided {
		v.WriteHeader(http.StatusOK)
	}
	if v.refused {
		return len(b), nil
	}
	return v.ResponseWriter.Write(b)
}

// FlushError sends what was written.
func (v *verdict) FlushError() error {
	if !v.decided {
		v.WriteHeader(http.StatusOK)
	}
	if v.refused {
		return nil
	}
	return http.NewResponseController(v.ResponseWriter).Flush()
}
