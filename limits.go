package merlon

import (
	"context"
	"log/slog"
	"net/http"
	"slices"

	"github.com/merlon-go/merlon/accounts"
	"github.com/merlon-go/merlon/ratelimit"
	"github.com/merlon-go/merlon/sessions"
)

// limits builds the rate limits: the built-in rules, and those of RATE_LIMITS,
// which replace built-in ones of the same name. Rules by user or session come
// behind the sessions, the others before: what they refuse costs nothing more.
func (b *builder) limits(cfg Config) {
	own, err := ratelimit.ParseRules(b.set.RateLimit.Rules)
	b.try("RATE_LIMITS", b.set.RateLimit.Rules, err)
	if err != nil {
		return
	}
	c := ratelimit.Config{
		Rules: ratelimit.Override(ratelimit.Defaults(), own),
		Store: cfg.Stores.RateLimit, Keys: b.site.keys, User: visitorID, Now: cfg.Now, Timeout: b.set.Store.RedisTimeout,
		Session:      func(r *http.Request) string { return string(sessions.Binding(r)) },
		Audit:        b.site.sink,
		Deny:         b.site.deny,
		StoreChanged: b.site.sharedLimits,
	}
	if cfg.RateLimit != nil {
		cfg.RateLimit(&c)
	}
	b.site.metrics.rulesOf(&c)
	build := func(visitor bool) *ratelimit.Limiter {
		part := c
		part.Rules = slices.DeleteFunc(slices.Clone(c.Rules), func(r ratelimit.Rule) bool { return r.Key.NeedsVisitor() != visitor })
		if visitor && len(part.Rules) == 0 {
			return nil
		}
		limiter, err := ratelimit.New(part)
		if cfg.RateLimit == nil {
			b.try("RATE_LIMITS", b.set.RateLimit.Rules, err)
		} else {
			b.whole(err, "RATE_LIMITS")
		}
		return limiter
	}
	b.site.limiter, b.site.visitorLimiter = build(false), build(true)
}

// sharedLimits logs that the store of the limits went away, or came back.
func (s *Site) sharedLimits(err error) {
	if err != nil {
		s.logger.LogAttrs(context.Background(), slog.LevelError, "rate limits are counted on this node alone: the shared store does not answer", slog.Any("error", err))
		return
	}
	s.logger.LogAttrs(context.Background(), slog.LevelInfo, "rate limits are shared again")
}

// visitorID returns the id of the user who is signed in. A fault of the store
// counts as nobody: the request's network is counted instead.
func visitorID(r *http.Request) string {
	if user, err := accounts.From(r.Context()); err == nil && user != nil {
		return user.ID
	}
	return ""
}
