package live

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"
)

// roads are the connections that requests go over, kept for the next one. A
// transport opens them in the background, and goes on when the request was
// answered over another one or has waited too long. So that nothing dials, asks
// for the time or reads the authorities once the scan is over, close waits for
// those.
type roads struct {
	any     *http.Transport
	vouched *http.Transport // the same, and no connection without a good certificate

	ctx    context.Context // until close
	cancel context.CancelFunc
	mu     sync.Mutex
	closed bool
	opens  sync.WaitGroup // connections being opened
}

var errClosed = errors.New("the scan is over")

func newRoads(d *dialer, c *Config) *roads {
	r := &roads{}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	lax := &tls.Config{
		InsecureSkipVerify: true,             //merlon:ignore insecure-tls -- a bad certificate is a finding, judged in tls.go
		MinVersion:         tls.VersionTLS10, //merlon:ignore insecure-tls -- an old server is to be judged, not shunned
		CipherSuites:       everySuite(),
	}
	r.any = &http.Transport{
		Proxy:                  nil, // a proxy of the environment would resolve the name again
		DialContext:            r.opened(d.DialContext),
		DialTLSContext:         r.opened(secured(d, lax, c.RequestTimeout)),
		TLSNextProto:           map[string]func(string, *tls.Conn) http.RoundTripper{}, // HTTP/1.1: raw requests stay raw
		MaxResponseHeaderBytes: maxHeaders,
		DisableCompression:     true, // what is unpacked all the same is bounded, see unpacked
		ResponseHeaderTimeout:  c.RequestTimeout,
		MaxIdleConnsPerHost:    2,
		IdleConnTimeout:        10 * time.Second,
	}
	strict := lax.Clone()
	strict.InsecureSkipVerify, strict.RootCAs, strict.Time = false, c.Roots, c.Now
	r.vouched = r.any.Clone()
	r.vouched.DialTLSContext = r.opened(secured(d, strict, c.RequestTimeout))
	return r
}

type dialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// opened has close end what dial has begun, and wait for it.
func (r *roads) opened(dial dialFunc) dialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		r.mu.Lock()
		if r.closed {
			r.mu.Unlock()
			return nil, errClosed
		}
		r.opens.Add(1)
		r.mu.Unlock()
		defer r.opens.Done()
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(r.ctx, cancel)()
		return dial(ctx, network, address)
	}
}

// secured opens connections and shakes hands.
func secured(d *dialer, config *tls.Config, timeout time.Duration) dialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		conn, err := d.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		own := config.Clone()
		own.ServerName, _, _ = net.SplitHostPort(address) // it was dialled, so it has one
		t := tls.Client(conn, own)
		if err := t.HandshakeContext(ctx); err != nil {
			_ = conn.Close() // it may be closed already
			return nil, err
		}
		return t, nil
	}
}

// close ends all connections that wait for another request, and those that are
// being opened. No request is made after it.
func (r *roads) close() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.cancel()
	r.opens.Wait()
	r.any.CloseIdleConnections()
	r.vouched.CloseIdleConnections()
}
