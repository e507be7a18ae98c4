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
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
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
	// all. 0 means 50 ms.
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
	wall    func() time.Time // of connecting, which no test moves
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
// made. Each step takes at most a second.
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

// ParseURL reads where Redis is:
//
//	redis://[USER:PASSWORD@]HOST[:PORT][/DB]        a server, or any node of a Cluster, which is recognised
//	redis://HOST:PORT,HOST:PORT                     several nodes of a Cluster
//	redis+sentinel://[USER:PASSWORD@]HOST[:PORT],HOST[:PORT]/MASTER[/DB]
//	unix:///PATH
//
// With rediss or valkeys in place of redis, over TLS with the system's
// authorities; valkey is the same as redis. A query may hold
// sentinel_username and sentinel_password, client_name, and protocol=2 for
// servers that do not speak RESP3. Anything else is an error, which never
// shows the URL, because it may hold a password.
func ParseURL(text string) (rueidis.ClientOption, error) {
	// A write that waits longer than this means a dead connection. Retries are
	// off: a decision is wanted now or not at all.
	// Batches of decisions have connections of their own (see script.run), at
	// most flights at a time; what else is asked shares one.
	option := rueidis.ClientOption{
		DisableCache: true, DisableRetry: true, ConnWriteTimeout: time.Second,
		Dialer:                net.Dialer{Timeout: time.Second, KeepAlive: 5 * time.Second},
		DisableAutoPipelining: true, BlockingPoolSize: 4 * flights, PipelineMultiplex: -1,
		ReadBufferEachConn: bufferSize, WriteBufferEachConn: bufferSize,
	}
	if len(text) > 4096 {
		return option, errors.New("redis: URL is longer than 4096 bytes")
	}
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok {
		return option, errors.New("redis: not a URL; write it like redis://host:6379/0")
	}
	// net/url does not know several hosts: it gets the first, we keep all.
	authority, tail, _ := strings.Cut(rest, "/")
	hosts := authority[strings.LastIndexByte(authority, '@')+1:]
	if i := strings.IndexAny(hosts, "?#"); i >= 0 {
		return option, errors.New("redis: URL without a path before its query")
	}
	u, err := url.Parse(scheme + "://" + authority[:len(authority)-len(hosts)] + "host/" + tail)
	if err != nil {
		return option, errors.New("redis: malformed URL")
	}
	kind, sentinel := strings.CutSuffix(scheme, "+sentinel")
	option.Username = u.User.Username()
	option.Password, _ = u.User.Password()
	port := "6379"
	if sentinel {
		port = "26379"
	}
	switch kind {
	case "redis", "valkey":
	case "rediss", "valkeys":
		option.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	case "unix":
		return unixSocket(option, hosts, u)
	default:
		return option, fmt.Errorf("redis: unknown scheme %q; there are redis, rediss, valkey, valkeys, their +sentinel forms, and unix", scheme)
	}
	if option.InitAddress, err = addresses(hosts, port); err != nil {
		return option, err
	}
	if err := options(&option, u.Query()); err != nil {
		return option, err
	}
	return path(option, u.Path, sentinel)
}

func unixSocket(option rueidis.ClientOption, hosts string, u *url.URL) (rueidis.ClientOption, error) {
	if hosts != "" || len(u.Path) < 2 {
		return option, errors.New("redis: write a Unix socket like unix:///run/redis.sock")
	}
	option.InitAddress, option.ForceSingleClient = []string{u.Path}, true
	option.DialCtxFn = func(ctx context.Context, path string, dialer *net.Dialer, _ *tls.Config) (net.Conn, error) {
		return dialer.DialContext(ctx, "unix", path)
	}
	return option, options(&option, u.Query())
}

func addresses(hosts, port string) ([]string, error) {
	var all []string
	for _, host := range strings.Split(hosts, ",") {
		u, err := url.Parse("redis://" + host)
		if err != nil || u.Hostname() == "" || u.Path != "" {
			return nil, errors.New("redis: malformed host in URL")
		}
		p := u.Port()
		if p == "" {
			p = port
		}
		all = append(all, net.JoinHostPort(u.Hostname(), p))
	}
	return all, nil
}

func options(option *rueidis.ClientOption, query url.Values) error {
	for name, values := range query {
		if len(values) != 1 {
			return fmt.Errorf("redis: option %q is there %d times", name, len(values))
		}
		switch name {
		case "sentinel_username":
			option.Sentinel.Username = values[0]
		case "sentinel_password":
			option.Sentinel.Password = values[0]
		case "client_name":
			option.ClientName = values[0]
		case "protocol":
			if values[0] != "2" && values[0] != "3" {
				return errors.New("redis: protocol is 2 or 3")
			}
			option.AlwaysRESP2 = values[0] == "2"
		default:
			return fmt.Errorf("redis: unknown option %q; there are sentinel_username, sentinel_password, client_name and protocol", name)
		}
	}
	return nil
}

// path takes the master's name and the database from the path.
func path(option rueidis.ClientOption, text string, sentinel bool) (rueidis.ClientOption, error) {
	text = strings.Trim(text, "/")
	if sentinel {
		option.Sentinel.MasterSet, text, _ = strings.Cut(text, "/")
		if option.Sentinel.MasterSet == "" {
			return option, errors.New("redis: Sentinel needs the master's name: redis+sentinel://host/mymaster")
		}
		option.Sentinel.TLSConfig, option.Sentinel.Dialer = option.TLSConfig, option.Dialer
		// Sentinels tell of a new master once; whoever missed it asks.
		option.Sentinel.TopologyRefreshInterval = 5 * time.Second
	}
	if text == "" {
		return option, nil
	}
	number, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return option, fmt.Errorf("redis: database %q is not a number", text)
	}
	option.SelectDB = int(number)
	if number > 0 && len(option.InitAddress) > 1 && !sentinel {
		return option, errors.New("redis: a Cluster has only database 0")
	}
	// A Cluster has database 0 only: another one means a single server.
	option.ForceSingleClient = number > 0 && !sentinel
	return option, nil
}
