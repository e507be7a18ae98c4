package redis

import (
	"context"
	"crypto/rand"
	_ "embed"
	"errors"
	"fmt"
	"math"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/rueidis"

	"github.com/merlon-go/merlon/ratelimit"
)

//go:embed take.lua
var takeSource string

//go:embed nodes.lua
var nodesSource string

const (
	// tags is in how many hash slots of a Cluster the counters lie.
	tags = 64
	// flights is how many script calls of one queue may be under way: the next
	// batch gathers while these are on the wire. Another starts when all of
	// them are late. One large batch costs less than two, here and in Redis.
	flights = 4
	late    = time.Millisecond
	// maxBatch bounds the cells of a script call, so that no call keeps the
	// server from others for long.
	maxBatch = 256

	beatEvery = 3 * time.Second
	nodeLives = 15 * time.Second
)

// RateLimits is a [ratelimit.Store]. All counts of a request are decided by one
// call of one script, by the server's clock; decisions that are asked for at
// the same time share a call.
//
// On a Cluster, counters are spread over 64 hash tags, and a request whose
// counters have different tags takes one call for each, at the same time. If
// one of them refuses, what the others took is given back: between the two, a
// concurrent request may be refused that need not be; none passes that may not.
//
// Intervals are rounded up to 100 ns.
type RateLimits struct {
	db      *DB
	script  script
	beat    script
	id      string
	queues  [tags]queue
	calls   sync.Pool // of *call
	batches sync.Pool // of *batch
	nodes   atomic.Int64
	next    atomic.Int64 // when to tell that this node lives, in nanoseconds since start
	settled atomic.Int64 // when all nodes know of this one; 0 from then on, so that the clock need not be read again
	start   time.Time
}

var _ ratelimit.Store = (*RateLimits)(nil)

func newRateLimits(db *DB) *RateLimits {
	s := &RateLimits{
		db:     db,
		script: newScript(takeSource),
		beat:   newScript(nodesSource),
		id:     rand.Text(),
	}
	s.calls.New = func() any { return &call{done: make(chan struct{}, 1)} }
	s.batches.New = func() any { return new(batch) }
	s.nodes.Store(int64(db.options.Nodes))
	s.settled.Store(math.MaxInt64)
	s.start = db.clock()
	for i := range s.queues {
		s.queues[i].now = db.wall
	}
	return s
}

func (s *RateLimits) sinceStart() int64 { return int64(s.db.clock().Sub(s.start)) }

// Nodes implements [ratelimit.Store]: it counts the nodes that used the store
// in the last 15 seconds. The number is settled when this node has been among
// them so long that every other has counted it.
func (s *RateLimits) Nodes() (int, bool) {
	at := s.settled.Load()
	if at != 0 && s.sinceStart() >= at {
		at = 0
		s.settled.Store(at)
	}
	return int(s.nodes.Load()), at == 0
}

// Take implements [ratelimit.Store].
func (s *RateLimits) Take(ctx context.Context, cells []ratelimit.Cell) (bool, error) {
	client, err := s.db.connection(ctx)
	if err != nil {
		return false, err
	}
	if client.Mode() == rueidis.ClientModeCluster && len(cells) > 1 {
		return s.takeSpread(ctx, cells)
	}
	n := 0 // one server decides everything together, whatever the tags
	if client.Mode() == rueidis.ClientModeCluster {
		n = tagOf(&cells[0])
	}
	return s.takeTogether(ctx, &s.queues[n], cells)
}

func tagOf(c *ratelimit.Cell) int { return int(c.Key[0]) % tags }

// A call is one caller's cells on their way.
type call struct {
	cells []ratelimit.Cell // the call's own: a caller that gave up may be gone
	ok    bool
	err   error
	done  chan struct{}
}

// takeTogether decides cells in one script call, with others of the same queue.
func (s *RateLimits) takeTogether(ctx context.Context, q *queue, cells []ratelimit.Cell) (bool, error) {
	if len(cells) > maxBatch {
		return false, fmt.Errorf("redis: more than %d cells", maxBatch)
	}
	c := s.calls.Get().(*call)
	c.cells = append(c.cells[:0], cells...)
	if flight, start := q.add(c); start {
		s.lead(ctx, q, flight)
	}
	select {
	case <-c.done: // who has led has its answer, and need not make a channel for ctx
	default:
		select {
		case <-c.done:
		case <-ctx.Done(): // its answer may still come: it is not used again
			return false, ctx.Err()
		}
	}
	ok, err := c.ok, c.err
	copy(cells, c.cells)
	s.calls.Put(c)
	return ok, err
}

// takeSpread decides cells that may lie in different hash slots.
func (s *RateLimits) takeSpread(ctx context.Context, cells []ratelimit.Cell) (bool, error) {
	groups := map[int][]int{}
	for i := range cells {
		tag := tagOf(&cells[i])
		groups[tag] = append(groups[tag], i)
	}
	type answer struct {
		tag   int
		cells []ratelimit.Cell
		ok    bool
		err   error
	}
	answers := make(chan answer, len(groups))
	for tag, members := range groups {
		part := make([]ratelimit.Cell, len(members))
		for i, m := range members {
			part[i] = cells[m]
		}
		go func() {
			ok, err := s.takeTogether(ctx, &s.queues[tag], part)
			answers <- answer{tag, part, ok, err}
		}()
	}
	ok := true
	var errs []error
	for range groups {
		a := <-answers
		ok = ok && a.ok
		errs = append(errs, a.err)
		for i, m := range groups[a.tag] {
			cells[m] = a.cells[i]
		}
	}
	err := errors.Join(errs...)
	if !ok || err != nil {
		s.giveBack(ctx, cells)
	}
	return ok && err == nil, err
}

// giveBack returns what cells took, each on its own.
func (s *RateLimits) giveBack(ctx context.Context, cells []ratelimit.Cell) {
	var wg sync.WaitGroup
	for i := range cells {
		c := &cells[i]
		if c.Got == 0 {
			continue
		}
		spent := time.Duration(c.Got) * c.Interval
		back := []ratelimit.Cell{*c}
		back[0].Back = spent
		c.Got, c.Ahead = 0, max(c.Ahead-spent, 0)
		wg.Go(func() {
			// If this fails, the refused request stays counted.
			_, _ = s.takeTogether(ctx, &s.queues[tagOf(&back[0])], back)
		})
	}
	wg.Wait()
}

// leave takes this node out of the count.
func (s *RateLimits) leave(client rueidis.Client) {
	ctx, cancel := context.WithTimeout(context.Background(), s.db.options.Timeout)
	defer cancel()
	_ = s.beat.run(ctx, client, []string{s.db.options.Prefix + "ratelimit:nodes"}, []string{s.id, "0", "", "leave"}).Error()
}

// heartbeat tells the others that this node lives, if it is time, and learns
// how many they are. It goes before the first decision and along with later
// ones, so that only nodes that use the store count. If it fails, the decision
// will tell why, and the number stays as it was.
func (s *RateLimits) heartbeat(ctx context.Context, client rueidis.Client) {
	now, next := s.sinceStart(), s.next.Load()
	if now < next || !s.next.CompareAndSwap(next, now+int64(beatEvery)) {
		return
	}
	clock := ""
	if s.db.options.Now != nil {
		clock = strconv.FormatInt(s.db.clock().Unix(), 10)
	}
	count, err := s.beat.run(ctx, client, []string{s.db.options.Prefix + "ratelimit:nodes"},
		[]string{s.id, strconv.FormatInt(nodeLives.Milliseconds(), 10), clock, ""}).AsInt64()
	if err != nil {
		return
	}
	s.nodes.Store(max(count, 1))
	if s.settled.Load() == math.MaxInt64 {
		s.settled.Store(now + int64(nodeLives))
	}
}
