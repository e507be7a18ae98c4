package merlon

import (
	"context"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/internal/deny"
)

// A Site is every control of Merlon, configured and composed. It is immutable
// once made and safe for concurrent use.
type Site struct {
	logger *slog.Logger
	sink   audit.Sink
	deny   deny.Handler

	bodyLimit        int64
	drainDelay       time.Duration
	shutdownDeadline time.Duration

	ready   atomic.Bool
	workers []func(context.Context) error
}

// Protect wraps next in every control.
func (s *Site) Protect(next http.Handler) http.Handler {
	return s.outermost(s.strict(next))
}
