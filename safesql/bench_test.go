package safesql_test

import (
	"testing"

	"github.com/merlon-go/merlon/safesql"
)

const load = `SELECT token_hash, id, user_id, created_at, expires_at, client, user_agent, version, data FROM sessions WHERE token_hash = ? AND expires_at > ?`

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	hash := make([]byte, 32)
	for b.Loop() {
		if safesql.New(load, hash, 1).Err() != nil {
			b.Fatal()
		}
	}
}

func BenchmarkDollar(b *testing.B) {
	b.ReportAllocs()
	q := safesql.New(load, "x", 1)
	for b.Loop() {
		if _, _, err := q.SQL(safesql.Dollar); err != nil {
			b.Fatal(err)
		}
	}
}
