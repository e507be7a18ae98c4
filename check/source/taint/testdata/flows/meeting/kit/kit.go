// Package kit calls what others have put into its fields.
package kit

import "net/http"

type Router struct {
	OnName func(string)
	OnBody func(*Event)
	Log    func(string)
	Login  func(user, password string)
	quiet  func(string)
}

type Event struct {
	Text string
	Size int
}

func (k *Router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	k.OnName(r.FormValue("name"))
	k.OnBody(&Event{Text: r.FormValue("body")})
	k.Log("served")
	k.quiet(r.FormValue("quiet"))
	k.Login("bob", r.FormValue("password"))
}

// A Repo is what [Use] finds something in.
type Repo interface{ Find(name string) error }
