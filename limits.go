package merlon

import (
	"context"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/merlon-go/merlon/accounts"
	"github.com/merlon-go/merlon/mail"
	"github.com/merlon-go/merlon/ratelimit"
	"github.com/merlon-go/merlon/sessions"
	"github.com/merlon-go/merlon/settings"
)

// limits builds the rate limits: the built-in rules, and those of RATE_LIMITS,
// which replace built-in ones of the same name. Rules by user or session come
// behind the sessions, the others before: what they refuse costs nothing more.
func (b *builder) limits(cfg Config) {
	own, err := ratelimit.ParseRules(b.set.RateLimit.Rules)
	b.rules(err)
	if err != nil {
		return
	}
	c := ratelimit.Config{
		Rules: ratelimit.Override(ratelimit.Defaults(), own),
		Store: cfg.Stores.RateLimit, Keys: b.site.keys, User: visitorID, Now: cfg.Now, Timeout: b.set.Store.RedisTimeout,
		Normalize:    oneSpelling,
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
			b.rules(err)
		} else {
			b.whole(err, "RATE_LIMITS")
		}
		return limiter
	}
	b.site.limiter, b.site.visitorLimiter = build(false), build(true)
}

// rules notes what is wrong with RATE_LIMITS, as try does. The names of rules are
// shown: they stand in the fields of every answer, and without them nobody finds
// the rule that is meant.
func (b *builder) rules(err error) {
	for _, one := range settings.Flatten(err) {
		named := namedRule.FindString(one.Error())
		if !slices.Contains(ruleNames(b.set.RateLimit.Rules), strings.TrimPrefix(named, "ratelimit: rule ")) {
			b.try("RATE_LIMITS", b.set.RateLimit.Rules, one)
			continue
		}
		rest := settings.Withhold(one.Error()[len(named):], b.set.RateLimit.Rules)
		b.wrong = append(b.wrong, b.set.Fault("RATE_LIMITS", strings.TrimPrefix(named, "ratelimit: ")+rest, one))
	}
}

var namedRule = regexp.MustCompile(`^ratelimit: rule "[\w-]+"`)

// ruleNames returns the quoted names of the entries that have the form of a rule:
// what else stands before a colon may be half of a password.
func ruleNames(text string) (names []string) {
	for entry := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ';' || r == '\n' || r == '\r' }) {
		if name, rest, _ := strings.Cut(entry, ":"); slices.Contains(strings.Fields(rest), "by") {
			names = append(names, strconv.Quote(strings.TrimSpace(name)))
		}
	}
	return names
}

// sharedLimits logs that the store of the limits went away, or came back.
func (s *Site) sharedLimits(err error) {
	if err != nil {
		s.logger.LogAttrs(context.Background(), slog.LevelError, "rate limits are counted on this node alone: the shared store does not answer", slog.Any("error", err))
		return
	}
	s.logger.LogAttrs(context.Background(), slog.LevelInfo, "rate limits are shared again")
}

// oneSpelling is how accounts are looked up: an address has many spellings, in
// letters of other widths and in Unicode and ASCII, and they are one mailbox.
func oneSpelling(value string) string {
	if canonical, _, err := mail.Canonical(value); err == nil {
		return canonical
	}
	return strings.ToLower(strings.TrimSpace(value))
}

// visitorID returns the id of the user who is signed in. A fault of the store
// counts as nobody: the request's network is counted instead.
func visitorID(r *http.Request) string {
	if user, err := accounts.From(r.Context()); err == nil && user != nil {
		return user.ID
	}
	return ""
}
