package lockout

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
)

// DefaultMaxForm is how much of a body is read for the user's name, in bytes.
const DefaultMaxForm = 64 << 10

// A Form is a sign-in form of a program that knows nothing of this package,
// such as one behind the gateway.
type Form struct {
	// Pattern says which requests submit the form, as http.ServeMux does:
	// "POST /login". Other spellings of the path are guarded, too, such as
	// //login, /login/ and /Login: programs differ in what they take for it.
	Pattern string
	// UserField is the field that names the account: "username", or, as Rails
	// writes it, "user[login]", which in JSON is {"user": {"login": …}}. A
	// request that has it not once, in whatever spelling, is refused with 400:
	// what cannot be counted is not passed on.
	UserField string
	// Encoding is how the program reads what is sent to it. It must be right:
	// a program that reads JSON whatever the request calls it would see another
	// name in it than the guard.
	Encoding Encoding
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
	var patterns spelled
	if err := patterns.add(f.Pattern); err != nil {
		return nil, fmt.Errorf("lockout: form: %w", err)
	}
	if len(f.path()) == 0 {
		return nil, errors.New("lockout: form without UserField: nothing would be counted by user")
	}
	if f.Encoding < Forms || f.Encoding > ByContentType {
		return nil, fmt.Errorf("lockout: form with the unknown Encoding %d", f.Encoding)
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
			if patterns.match(r) {
				g.guardForm(w, r, &f, next)
				return
			}
			next.ServeHTTP(w, r)
		})
	}, nil
}

func (g *Guard) guardForm(w http.ResponseWriter, r *http.Request, f *Form, next http.Handler) {
	body, refusal := f.read(r)
	if refusal != nil {
		g.Refuse(w, r, refusal)
		return
	}
	account, refusal := f.account(r, body)
	if refusal != nil {
		g.Refuse(w, r, refusal)
		return
	}
	closer := r.Body
	again := func() {
		r.Body = struct {
			io.Reader
			io.Closer
		}{bytes.NewReader(body), closer}
	}
	again() // a challenge may read the form
	res, err := g.Attempt(r.Context(), g.AttemptOf(r, account))
	again()
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
