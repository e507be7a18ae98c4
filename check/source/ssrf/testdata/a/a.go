package a

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
)

type fetcher struct {
	client *http.Client
	base   string
}

func (f *fetcher) fetch(ctx context.Context, target string) {
	req, err := http.NewRequestWithContext(ctx, "GET", target, nil)
	if err == nil {
		f.client.Do(req) // want "request data reaches Do"
	}
}

func (f *fetcher) proxy(w http.ResponseWriter, r *http.Request) {
	u, err := url.Parse(r.FormValue("url"))
	if err != nil {
		return
	}
	f.fetch(r.Context(), u.String())
	http.Get("http://" + r.FormValue("host") + "/status")               // want `request data reaches Get`
	http.Get(fmt.Sprintf("http://%s.example.com/", r.FormValue("sub"))) // want `request data reaches Get`
	http.Get("https://api.example.com/users/" + r.FormValue("id"))
	http.Get(f.base + "/users/" + r.FormValue("id"))
	http.Get(fmt.Sprintf("%s/users/%s", f.base, r.FormValue("id")))
}

var hosts = map[string]bool{"api.example.com": true}

func listed(r *http.Request) {
	u, err := url.Parse(r.FormValue("u"))
	if err != nil || !hosts[u.Hostname()] {
		return
	}
	http.Get(u.String())
}
