package manage

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/merlon-go/merlon"
	"github.com/merlon-go/merlon/lockout"
)

func newLockout(p *Program) *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "lockout COMMAND",
		Short: "See who is locked out after wrong passwords, and let them in again",
	})
	cmd.AddCommand(newLockoutList(p, lockoutList), newLockoutShow(p, lockoutShow), newLockoutReset(p, lockoutReset))
	return cmd
}

// withGuard composes the site over its real database, so that a reset is noted
// in the audit trail, and hands on its lockout.
func (p *Program) withGuard(ctx context.Context, dev bool, work func(*lockout.Guard) error) error {
	return p.withSite(ctx, dev, func(site *merlon.Site) error { return work(site.Lockout()) })
}

// countsError gives an error of the lockout's store its cause and its hint.
func countsError(err error) error {
	refusal, refused := errors.AsType[*merlon.Refusal](err)
	doing, cause := "", err
	if refused && refusal.Err != nil {
		doing, cause = strings.TrimSuffix(strings.TrimSuffix(err.Error(), refusal.Error()), ": "), refusal.Err
	}
	switch {
	case cause != nil && strings.HasPrefix(cause.Error(), "redis: "):
		return failed(doing, cause, "check that Redis runs, and REDIS_URL: LOCKOUT_STORE has failures counted there")
	case refused:
		e, _ := errors.AsType[*Error](storeError(cause))
		return failed(doing, e.Err, e.Hints...)
	}
	return err
}

// statusJSON is what `--format json` shows of a counter.
type statusJSON struct {
	Kind        string        `json:"kind"`
	Account     string        `json:"account,omitempty"`
	Network     string        `json:"network,omitempty"`
	Failures    int           `json:"failures"`
	Limit       int           `json:"limit"`
	LockedUntil *time.Time    `json:"locked_until"`
	Hard        bool          `json:"hard,omitempty"`
	NotBefore   *time.Time    `json:"not_before,omitempty"`
	Attempts    []attemptJSON `json:"attempts,omitempty"`
}

type attemptJSON struct {
	Time      time.Time `json:"time"`
	Succeeded bool      `json:"succeeded"`
	Client    string    `json:"client,omitempty"`
	Account   string    `json:"account,omitempty"`
	UserAgent string    `json:"user_agent,omitempty"`
}

func statusInfo(s lockout.Status, attempts bool) statusJSON {
	info := statusJSON{Kind: s.Kind, Account: s.Account, Failures: s.Failures, Limit: s.Limit, LockedUntil: moment(s.LockedUntil), Hard: s.Hard, NotBefore: moment(s.NotBefore)}
	if s.Network.IsValid() {
		info.Network = s.Network.String()
	}
	if !attempts {
		return info
	}
	for _, a := range s.Attempts {
		entry := attemptJSON{Time: a.Time.UTC(), Succeeded: a.Succeeded, Account: a.Account, UserAgent: a.UserAgent}
		if a.Client.IsValid() {
			entry.Client = a.Client.String()
		}
		info.Attempts = append(info.Attempts, entry)
	}
	return info
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// who says whom a counter counts.
func (s statusJSON) who() string {
	var words []string
	for _, word := range []string{s.Account, s.Network} {
		if word != "" {
			words = append(words, plainText(word))
		}
	}
	if len(words) == 0 {
		return "-"
	}
	return strings.Join(words, " from ")
}

// state says whether the counter locks.
func (s statusJSON) state() string {
	switch {
	case s.Hard:
		return "locked until somebody unlocks it"
	case s.LockedUntil != nil:
		return "locked until " + when(s.LockedUntil)
	case s.NotBefore != nil:
		return "waits until " + when(s.NotBefore)
	}
	return "open"
}

// address returns the address that text is, if it is one, or the first of the
// network that a list shows: lockout commands take an account or an address.
// What is neither is a mistake.
func address(text string) (client netip.Addr, found bool, err error) {
	if network, err := netip.ParsePrefix(text); err == nil {
		return network.Addr().Unmap(), true, nil
	}
	if client, err = netip.ParseAddr(text); err == nil {
		return client.Unmap(), true, nil
	}
	if !strings.Contains(text, "@") {
		return client, false, usage("neither an e-mail address nor the address of a client", `"lockout list --all" shows who is counted`)
	}
	return client, false, nil
}

// unlocked says how many counters were deleted.
func unlocked(n int) string {
	if n == 0 {
		return "nothing was counted"
	}
	return fmt.Sprintf("reset %s", plural(n, "counter"))
}
