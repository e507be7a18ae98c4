package merlon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// The limits of a server that are no settings. net/http's own are none.
const (
	maxConnections = 10_000
	maxStreams     = 100
	headerSlack    = 4 << 10 // net/http adds this to MaxHeaderBytes
)

// Server returns an http.Server with handler and the limits that net/http
// leaves open: times for the header, the request, the answer and idling, and
// the size of the header, all from the settings; 100 streams a connection. A
// handler that streams for longer extends its deadline with
// http.ResponseController.
func (s *Site) Server(handler http.Handler) *http.Server {
	set := s.set.Server
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: set.ReadHeaderTimeout,
		ReadTimeout:       set.ReadTimeout,
		WriteTimeout:      set.WriteTimeout,
		IdleTimeout:       set.IdleTimeout,
		MaxHeaderBytes:    max(int(set.HeaderLimit)-headerSlack, 1),
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: maxStreams},
		ErrorLog:          slog.NewLogLogger(s.logger.Handler(), slog.LevelWarn),
	}
}

// ListenAndServe protects next and serves it on the address of the settings
// until ctx ends; see [Site.Serve].
func (s *Site) ListenAndServe(ctx context.Context, next http.Handler) error {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", s.set.Server.Listen)
	if err != nil {
		return fmt.Errorf("merlon: %w", err)
	}
	return s.Serve(ctx, l, s.Protect(next))
}

// Serve answers connections of l with handler until ctx ends, and runs the
// site's background work (outgoing mail, expired sessions) beside it. Then
// readiness goes red, the drain delay of the settings passes, requests in
// flight finish within the shutdown deadline, and Serve returns nil; the error
// is that of the listener or of a request that did not finish in time.
func (s *Site) Serve(ctx context.Context, l net.Listener, handler http.Handler) error {
	server := s.Server(handler)
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	var workers sync.WaitGroup
	for _, run := range s.workers {
		workers.Go(func() {
			if err := run(work); err != nil && !errors.Is(err, context.Canceled) {
				s.logger.LogAttrs(work, slog.LevelError, "background work ended", slog.Any("error", err))
			}
		})
	}
	failed := make(chan error, 1)
	s.ready.Store(true) // before the first request can ask
	defer s.ready.Store(false)
	go func() { failed <- server.Serve(limitConnections(l, maxConnections)) }()

	var err error
	select {
	case err = <-failed:
		err = fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
		err = s.drain(context.WithoutCancel(ctx), server)
	}
	stopWork()
	workers.Wait()
	return err
}

// drain lets the balancer notice that this node leaves, then lets requests end.
func (s *Site) drain(ctx context.Context, server *http.Server) error {
	s.ready.Store(false)
	if s.set.Server.DrainDelay > 0 {
		wait := time.NewTimer(s.set.Server.DrainDelay)
		defer wait.Stop()
		<-wait.C
	}
	ctx, cancel := context.WithTimeout(ctx, s.set.Server.ShutdownDeadline)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		server.Close()
		return fmt.Errorf("stopping: requests were still running after %v", s.set.Server.ShutdownDeadline)
	}
	return nil
}

// limitConnections accepts at most n connections of l at a time; the others
// wait in the kernel's queue.
func limitConnections(l net.Listener, n int) net.Listener {
	return &limitedListener{Listener: l, slots: make(chan struct{}, n), closed: make(chan struct{})}
}

type limitedListener struct {
	net.Listener
	slots  chan struct{}
	closed chan struct{}
	once   sync.Once
}

func (l *limitedListener) Accept() (net.Conn, error) {
	select {
	case l.slots <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	conn, err := l.Listener.Accept()
	if err != nil {
		<-l.slots
		return nil, err
	}
	return &limitedConn{Conn: conn, release: sync.OnceFunc(func() { <-l.slots })}, nil
}

func (l *limitedListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

type limitedConn struct {
	net.Conn
	release func()
}

func (c *limitedConn) Close() error {
	defer c.release()
	return c.Conn.Close()
}
