// Package mongo stands in for the driver.
package mongo

import "context"

type Collection struct{}

func (c *Collection) Distinct(ctx context.Context, field string, filter any) ([]any, error) {
	return nil, nil
}
func (c *Collection) ReplaceOne(ctx context.Context, filter, replacement any) (any, error) {
	return nil, nil
}
