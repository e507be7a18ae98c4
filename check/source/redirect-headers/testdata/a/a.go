package a

import "net/http"

var c = &http.Client{CheckRedirect: func(r *http.Request, via []*http.Request) error {
	r.Header = via[0].Header.Clone() // want "go along with every redirect"
	return nil
}}

func later(token string) {
	c.CheckRedirect = func(r *http.Request, via []*http.Request) error {
		r.Header.Set("Authorization", token) // want "set anew"
		return nil
	}
	c.CheckRedirect = func(r *http.Request, via []*http.Request) error {
		if r.URL.Host == via[0].URL.Host {
			r.Header.Set("Authorization", token)
		}
		return nil
	}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
}
