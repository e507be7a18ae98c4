package lockout

import (
	"context"
	"net/http"
)

// An Outcome is how an attempt ended.
type Outcome int

// The outcomes. The zero Outcome is the strict one.
const (
	Failed    Outcome = iota
	Succeeded         // the credential was right
	Unseen            // nobody has looked at it, because the password hasher was busy, say
)

// Reserve is [Guard.Attempt] in the form that package accounts asks for: settle
// must be called once with how the attempt ended.
func (g *Guard) Reserve(r *http.Request, account string) (settle func(ctx context.Context, o Outcome) error, err error) {
	res, err := g.Attempt(r.Context(), g.AttemptOf(r, account))
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, o Outcome) error {
		switch o {
		case Succeeded:
			return res.Succeed(ctx)
		case Unseen:
			return res.Cancel(ctx)
		}
		return res.Fail(ctx)
	}, nil
}
