// Package keys keeps the user of a request.
package keys

import "context"

type key struct{}

type User struct{ Name, Role string }

func With(ctx context.Context, u *User) context.Context { return context.WithValue(ctx, key{}, u) }

func From(ctx context.Context) *User {
	u, _ := ctx.Value(key{}).(*User)
	return u
}
