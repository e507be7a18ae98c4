package manage

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"runtime/pprof"
	"runtime/trace"
	"strconv"
	"time"

	"github.com/merlon-go/merlon"
)

// The longest profile that may be asked for, and how long one takes if nobody
// says.
const (
	maxProfile     = 60 * time.Second
	defaultProfile = 10 * time.Second
)

// adminHandler serves the site's metrics, and profiles, for ADMIN_LISTEN. It does
// not use net/http/pprof: importing that puts the profiles on
// http.DefaultServeMux, which a site might serve to everybody.
func adminHandler(site *merlon.Site) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		_ = site.WriteMetrics(w) // the reader left
	})
	mux.HandleFunc("GET /debug/pprof/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		for _, p := range pprof.Profiles() {
			fmt.Fprintf(w, "%d\t%s\n", p.Count(), p.Name())
		}
		fmt.Fprint(w, "-\tprofile?seconds=N\n-\ttrace?seconds=N\n")
	})
	mux.HandleFunc("GET /debug/pprof/{name}", func(w http.ResponseWriter, r *http.Request) {
		p := pprof.Lookup(r.PathValue("name"))
		if p == nil {
			http.NotFound(w, r)
			return
		}
		debug, _ := strconv.Atoi(r.FormValue("debug")) // anything but a number is 0
		w.Header().Set("Content-Type", "application/octet-stream")
		if debug > 0 {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		}
		_ = p.WriteTo(w, debug) // the reader left
	})
	mux.HandleFunc("GET /debug/pprof/profile", func(w http.ResponseWriter, r *http.Request) {
		record(w, r, func() error { return pprof.StartCPUProfile(w) }, pprof.StopCPUProfile)
	})
	mux.HandleFunc("GET /debug/pprof/trace", func(w http.ResponseWriter, r *http.Request) {
		record(w, r, func() error { return trace.Start(w) }, trace.Stop)
	})
	return mux
}

// record writes what happens within the seconds asked for.
func record(w http.ResponseWriter, r *http.Request, start func() error, stop func()) {
	length := defaultProfile
	if n, err := strconv.Atoi(r.FormValue("seconds")); err == nil && n > 0 {
		length = min(time.Duration(n)*time.Second, maxProfile)
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	if err := start(); err != nil {
		http.Error(w, "another profile is being taken", http.StatusConflict)
		return
	}
	defer stop()
	wait := time.NewTimer(length)
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-r.Context().Done():
	}
}

// serveAdmin serves metrics and profiles on the listener until ctx ends.
func serveAdmin(ctx context.Context, l net.Listener, site *merlon.Site) {
	server := &http.Server{Handler: adminHandler(site), ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute, BaseContext: func(net.Listener) context.Context { return ctx }}
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	_ = server.Serve(l) // always an error: that it was closed
}
