package storetest

import (
	"context"
	"errors"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/merlon-go/merlon/accounts"
	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/csp"
	"github.com/merlon-go/merlon/lockout"
	"github.com/merlon-go/merlon/mail"
	"github.com/merlon-go/merlon/ratelimit"
	"github.com/merlon-go/merlon/sessions"
)

// Stores are all that one place keeps; what it does not keep is nil.
type Stores struct {
	Sessions  sessions.Store
	Accounts  accounts.Store
	Outbox    mail.Store
	Audit     audit.Store
	Lockout   lockout.Store
	Reports   csp.ReportStore
	RateLimit ratelimit.Store
}

const (
	stressActors = 8 // at once
	stressSteps  = 640
)

// TestStress has many act at once on all that a place keeps, and on few users,
// addresses, counters and mails: whoever holds one thing soon wants another's.
// No step may fail but in a way that its interface documents, and in the end
// everything adds up. The nodes that open returns are different ways to the
// same, empty place; a site on several machines has one each.
//
// All together take so many steps; 0 means 640.
func TestStress(t *testing.T, steps int, open func(t *testing.T) (nodes []Stores)) {
	if steps == 0 {
		steps = stressSteps
	}
	s := &stress{T: t, seed: rand.Uint64()}
	t.Logf("seed %d", s.seed)
	nodes := open(t)
	actions := s.actions(nodes[0])
	var wg sync.WaitGroup
	for i := range stressActors {
		a := &actor{stress: s, Stores: nodes[i%len(nodes)], random: rand.New(rand.NewPCG(s.seed, uint64(i)))}
		wg.Go(func() {
			for range steps / stressActors {
				a.act(actions[a.chance(len(actions))])
			}
		})
	}
	wg.Wait()
	if !t.Failed() {
		s.check(nodes)
	}
}

// stress is what all actors know, and what they did.
type stress struct {
	*testing.T
	seed  uint64
	names atomic.Int64 // given out
	tick  atomic.Int64 // of the common clock

	mu       sync.Mutex
	sessions []sessions.Record
	tokens   []accounts.Token
	releases []lockout.Release
	redeemed map[string]int // by token
	ended    map[string]int // by mail

	mails, purgedMails, events, violations atomic.Int64
}

// An actor is one goroutine of a stress.
type actor struct {
	*stress
	Stores
	random *rand.Rand
}

// An action is one step on a store. Its error is nil or one of allowed.
type action struct {
	name    string
	do      func(a *actor, ctx context.Context) error
	allowed []error
	// hasty actions are given up midway now and then.
	hasty bool
}

func (s *stress) actions(kept Stores) (all []action) {
	add := func(is bool, some []action) {
		if is {
			all = append(all, some...)
		}
	}
	add(kept.Sessions != nil, sessionActions)
	add(kept.Accounts != nil, accountActions)
	add(kept.Outbox != nil, outboxActions)
	add(kept.Audit != nil, auditActions)
	add(kept.Lockout != nil, lockoutActions)
	add(kept.Reports != nil, reportActions)
	add(kept.RateLimit != nil, rateActions)
	return all
}

func (a *actor) act(step action) {
	ctx := a.Context()
	if step.hasty && a.chance(8) == 0 {
		hasty, cancel := context.WithTimeout(ctx, time.Duration(a.random.Int64N(int64(3*time.Millisecond))))
		defer cancel()
		ctx = hasty
	}
	err := step.do(a, ctx)
	if err == nil || ctx.Err() != nil && a.Context().Err() == nil {
		return
	}
	for _, allowed := range step.allowed {
		if errors.Is(err, allowed) {
			return
		}
	}
	a.Errorf("%s: %v", step.name, err)
}

// now is the time, which moves on a second each time that somebody asks.
func (s *stress) now() time.Time { return micro(epoch.Add(time.Duration(s.tick.Add(1)) * time.Second)) }

// chance is one of n numbers.
func (a *actor) chance(n int) int { return a.random.IntN(n) }

// name is one that nobody else has.
func (s *stress) name() string { return strconv.FormatInt(s.names.Add(1), 10) }

var stressUsers = []string{"ann", "bob", "eve"}

func (a *actor) user() string { return stressUsers[a.chance(len(stressUsers))] }

// remembered bounds what the actors remember of the things that they made.
const remembered = 12

// remember notes one of a few things.
func remember[T any](a *actor, list *[]T, one T) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(*list) < remembered {
		*list = append(*list, one)
		return
	}
	(*list)[a.chance(remembered)] = one
}

// recall returns one of them, or the zero value if there is none yet.
func recall[T any](a *actor, list *[]T) (one T) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(*list) > 0 {
		one = (*list)[a.chance(len(*list))]
	}
	return one
}

// count notes that name was brought to an end once more.
func (s *stress) count(of *map[string]int, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if *of == nil {
		*of = map[string]int{}
	}
	(*of)[name]++
}

// check finds that everything adds up.
func (s *stress) check(nodes []Stores) {
	one := nodes[len(nodes)-1] // whoever asks
	if one.Sessions != nil {
		s.checkSessions(one.Sessions)
	}
	if one.Accounts != nil {
		s.checkAccounts(one.Accounts)
	}
	if one.Outbox != nil {
		s.checkOutbox(one.Outbox)
	}
	if one.Audit != nil {
		s.checkAudit(one.Audit)
	}
	if one.Lockout != nil {
		s.checkLockout(one.Lockout)
	}
	if one.Reports != nil {
		s.checkReports(one.Reports)
	}
}
