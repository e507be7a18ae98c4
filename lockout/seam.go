package lockout

import (
	"context"
	"net/http"
)

// Reserve is [Guard.Attempt] in the form that package accounts asks for: settle
// must be called once with how the attempt ended.
func (g *Guard) Reserve(r *http.Request, account string) (settle func(ctx context.Context, succeeded bool) error, err error) {
	res, err := g.Attempt(r.Context(), g.AttemptOf(r, account))
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, succeeded bool) error {
		if succeeded {
			return res.Succeed(ctx)
		}
		return res.Fail(ctx)
	}, nil
}
