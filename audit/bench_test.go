package audit_test

import (
	"io"
	"log/slog"
	"testing"

	"github.com/merlon-go/merlon/audit"
)

func BenchmarkRedact(b *testing.B) {
	log := slog.New(audit.NewJSONHandler(io.Discard, nil))
	b.ReportAllocs()
	for b.Loop() {
		log.Info("request", "method", "GET", "path", "/account/login", "status", 200, "token", "x")
	}
}

func BenchmarkSensitive(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		audit.Sensitive("request_id")
	}
}
