package redis

import (
	"context"
	"strings"
)

// Evicts returns the server's maxmemory-policy if it lets the server throw keys
// away when its memory is full, and "" if it does not: a count that is thrown
// away is a fresh budget for an attacker. Of a Cluster it asks one node.
func (db *DB) Evicts(ctx context.Context) (policy string, err error) {
	client, err := db.connection(ctx)
	if err != nil {
		return "", err
	}
	text, err := client.Do(ctx, client.B().Info().Section("memory").Build()).ToString()
	if err != nil {
		return "", err
	}
	bounded := false
	for line := range strings.SplitSeq(text, "\n") {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		switch name {
		case "maxmemory":
			bounded = value != "0"
		case "maxmemory_policy":
			policy = value
		}
	}
	if !bounded || policy == "noeviction" {
		policy = ""
	}
	return policy, nil
}
