package hosts_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/merlon-go/merlon/hosts"
)

func Example() {
	proxies, err := hosts.ParseProxies([]string{"10.1.0.0/16", "cloudflare"})
	if err != nil {
		fmt.Println(err)
		return
	}
	gate, err := hosts.New(hosts.Config{
		Allowed:        []string{"example.com", ".example.org"},
		TrustedProxies: proxies,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	site := gate.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Println("client", hosts.ClientIP(r.Context()), "secure", hosts.Secure(r))
	}))

	r := httptest.NewRequest("GET", "/", nil)
	r.Host = "example.com"
	r.RemoteAddr = "10.1.0.9:40000" // our proxy
	r.Header.Set("X-Forwarded-For", "1.2.3.4, 203.0.113.9")
	r.Header.Set("X-Forwarded-Proto", "https")
	site.ServeHTTP(httptest.NewRecorder(), r)

	r.Host = "evil.example"
	w := httptest.NewRecorder()
	site.ServeHTTP(w, r)
	fmt.Println(w.Code)
	// Output:
	// client 203.0.113.9 secure true
	// 400
}

func ExampleLocalRedirect() {
	for _, next := range []string{"/orders/?page=2", "//evil.example", "https://evil.example/"} {
		to, ok := hosts.LocalRedirect(next)
		if !ok {
			to = "/account/"
		}
		fmt.Println(to)
	}
	// Output:
	// /orders/?page=2
	// /account/
	// /account/
}

func ExampleGate_Explain() {
	gate, err := hosts.New(hosts.Config{Allowed: []string{"example.com"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = "172.17.0.1:40000"
	r.Header.Set("X-Forwarded-For", "203.0.113.9")
	fmt.Println(gate.Explain(r).Hint)
	// Output:
	// if 172.17.0.1 is your proxy, add it or its network to TRUSTED_PROXIES
}
