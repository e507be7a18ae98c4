package a

import (
	"net"
	"net/http"
	"time"
)

func serve(l net.Listener) {
	http.ListenAndServe(":8080", nil) // want "ListenAndServe has no timeouts"
	http.Serve(l, nil)                // want "Serve has no timeouts"
	s := &http.Server{Addr: ":80"}    // want "no ReadHeaderTimeout"
	s.ListenAndServe()
	_ = &http.Server{ReadHeaderTimeout: time.Second}
	_ = &http.Server{ReadTimeout: time.Second}
	_ = &http.Server{ReadHeaderTimeout: 0} // want "no ReadHeaderTimeout"
}

func later() {
	s := http.Server{Addr: ":80"}
	s.ReadHeaderTimeout = time.Second
	s.ListenAndServe()
}

func inside(metricsListen string) {
	http.ListenAndServe("localhost:8080", nil) // want "has no timeouts \\(info\\)"
	http.ListenAndServe(metricsListen, nil)    // want "has no timeouts \\(info\\)"
}
