// Package redis stands in for the client of that name: declarations only.
package redis

import "context"

type Cmd struct{}

type Client struct{}

func (c *Client) Eval(ctx context.Context, script string, keys []string, args ...any) *Cmd {
	return nil
}
func (c *Client) Get(ctx context.Context, key string) *Cmd { return nil }
