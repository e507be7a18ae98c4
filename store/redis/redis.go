// Package redis keeps what nodes share and may lose in Redis or Valkey: the
// counts of rate limits.
//
//	db, err := redis.Open("redis://127.0.0.1:6379/0", redis.Options{})
//	...
//	defer db.Close()
//	limiter, err := ratelimit.New(ratelimit.Config{Rules: rules, Store: db.RateLimits(), Keys: ring})
//
// It works with Redis 6.2 and later and with Valkey: a single server, one found
// through Sentinel, or a Cluster. It needs no persistence, and should have its
// own server with maxmemory-policy noeviction: a cache that evicts counters
// gives attackers fresh ones.
//
// What it does not do: it keeps nothing that must survive. Redis replicates
// asynchronously, and a failover may forget the last writes.
package redis

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/rueidis"
)

// Options configure a [DB]. The zero value is fine.
type Options struct {
	// Prefix begins the name of every key; "" means "merlon:".
	Prefix string
	// Timeout bounds a call that the caller's context bounds later or not at
	// all. 0 means 50 ms. What may take longer, connecting and [DB.Lockout],
	// takes as long as Timeout if that is more than its own bound.
	Timeout time.Duration
	// Nodes is how many nodes are assumed to use the store until their number
	// is known. 0 means 1.
	Nodes int
	// Now replaces the server's clock and this node's. Nil, as it should be
	// outside tests, lets the server tell the time, so that the nodes' clocks
	// do not matter.
	Now func() time.Time
}

// A DB is a connection to Redis. It connects when it is first needed, and again
// when it has to. It is safe for concurrent use.
type DB struct {
	option  rueidis.ClientOption
	options Options
	limits  *RateLimits
	clock   func() time.Time // this node's: Options.Now or time.Now
	wall    func() time.Time // of connections, which no test moves
	warming atomic.Bool

	mu      sync.Mutex
	client  rueidis.Client
	err     error         // of the last attempt to connect
	dialing chan struct{} // closed when the attempt under way ends; nil without one
	retry   time.Time     // not before
	closed  bool
}

// errConnecting is the answer if the connection is not made in time.
var errConnecting = errors.New("redis: connecting")

const (
	// redialAfter is how long a failed attempt to connect keeps others away.
	redialAfter = time.Second
	// bufferSize holds most batches and their answers.
	bufferSize = 32 << 10
)

// Open returns a DB for a URL; [ParseURL] says which. It does not connect: a
// server that is down does not keep a site from starting.
func Open(url string, options Options) (*DB, error) {
	option, err := ParseURL(url)
	if err != nil {
		return nil, err
	}
	if options.Timeout < 0 || options.Nodes < 0 {
		return nil, errors.New("redis: negative option")
	}
	if options.Prefix == "" {
		options.Prefix = "merlon:"
	}
	if strings.ContainsAny(options.Prefix, "{}") || len(options.Prefix) > 64 {
		return nil, errors.New("redis: prefix has a brace or is longer than 64 bytes")
	}
	if options.Timeout == 0 {
		options.Timeout = 50 * time.Millisecond
	}
	options.Nodes = max(options.Nodes, 1)
	option.ConnWriteTimeout = max(option.ConnWriteTimeout, options.Timeout)
	option.Dialer.Timeout = max(option.Dialer.Timeout, options.Timeout)
	option.Sentinel.Dialer.Timeout = option.Dialer.Timeout
	db := &DB{option: option, options: options, clock: options.Now, wall: time.Now}
	if db.clock == nil {
		db.clock = time.Now
	}
	db.limits = newRateLimits(db)
	return db, nil
}

// RateLimits returns the store of rate limits. It is the same each time.
func (db *DB) RateLimits() *RateLimits { return db.limits }

// Ping reports whether the server answers, connecting to it if need be.
func (db *DB) Ping(ctx context.Context) error {
	client, err := db.connection(ctx)
	if err != nil {
		return err
	}
	return client.Do(ctx, client.B().Ping().Build()).Error()
}

// Close says goodbye to the other nodes and closes the connection.
func (db *DB) Close() {
	db.mu.Lock()
	client := db.client
	db.closed, db.client = true, nil
	db.mu.Unlock()
	if client != nil {
		db.limits.leave(client)
		client.Close()
	}
}

// connection returns the client, and waits for it as long as ctx allows if it
// is being made.
func (db *DB) connection(ctx context.Context) (rueidis.Client, error) {
	for {
		client, dialing, err := db.current()
		if client != nil || err != nil {
			return client, err
		}
		select {
		case <-dialing:
		case <-ctx.Done():
			return nil, errConnecting
		}
	}
}

// current returns the client, why there is none, or what to wait for.
func (db *DB) current() (rueidis.Client, <-chan struct{}, error) {
	db.mu.Lock()
	defer db.mu.Unlock()
	switch {
	case db.closed:
		return nil, nil, errors.New("redis: closed")
	case db.client != nil:
		return db.client, nil, nil
	case db.dialing == nil && db.wall().Before(db.retry):
		return nil, nil, db.err
	case db.dialing == nil:
		db.dialing = make(chan struct{})
		go db.connect()
	}
	return nil, db.dialing, nil
}

// renew gives a connection up: its server became a replica, and the name may
// lead to the new master by now.
func (db *DB) renew(client rueidis.Client) {
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.client == client {
		db.client = nil
		go client.Close() // waits for what is under way
	}
}

func (db *DB) connect() {
	client, err := rueidis.NewClient(db.option)
	if err == nil && client.Mode() == rueidis.ClientModeCluster {
		// Here 64 queues would need as many connections to each node: theirs
		// share one instead.
		client.Close()
		option := db.option
		option.DisableAutoPipelining, option.AlwaysPipelining = false, true
		client, err = rueidis.NewClient(option)
	}
	if err == nil {
		warm(client)
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	close(db.dialing)
	db.dialing = nil
	switch {
	case err != nil:
		db.err, db.retry = fmt.Errorf("redis: connecting: %w", err), db.wall().Add(redialAfter)
	case db.closed:
		client.Close()
	default:
		db.client = client
	}
}

// warm makes the connections for decisions, which takes longer than one may
// wait, in the background. There is one attempt at a time.
func (db *DB) warm(client rueidis.Client) {
	if db.warming.CompareAndSwap(false, true) {
		go func() {
			defer db.warming.Store(false)
			warm(client)
		}()
	}
}

// warm asks something on several connections at once, so that all of them are
// made. Each step takes at most ConnWriteTimeout.
func warm(client rueidis.Client) {
	if client.Mode() == rueidis.ClientModeCluster {
		return // its connections are shared, and made by NewClient
	}
	var answers [flights]rueidis.RedisResultStream
	for i := range answers {
		// Without a deadline: rueidis forgets a connection if it passes here.
		answers[i] = client.DoStream(context.Background(), client.B().Ping().Build())
	}
	for i := range answers {
		for answers[i].HasNext() {
			if _, err := answers[i].WriteTo(io.Discard); err != nil {
				break
			}
		}
	}
}
