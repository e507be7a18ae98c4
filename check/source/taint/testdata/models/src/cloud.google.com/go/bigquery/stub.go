// Package bigquery stands in for the client.
package bigquery

type QueryConfig struct{ Q string }

type Query struct{ QueryConfig }

type Client struct{}

func (c *Client) Query(q string) *Query { return nil }
