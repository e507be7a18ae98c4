// Package mongo stands in for the package of that name: declarations only.
package mongo

import "context"

type Collection struct{}

type Database struct{}

type Cursor struct{}

type SingleResult struct{}

func (c *Collection) Find(ctx context.Context, filter any) (*Cursor, error)        { return nil, nil }
func (c *Collection) FindOne(ctx context.Context, filter any) *SingleResult        { return nil }
func (c *Collection) Aggregate(ctx context.Context, pipeline any) (*Cursor, error) { return nil, nil }
func (d *Database) RunCommand(ctx context.Context, command any) *SingleResult      { return nil }
