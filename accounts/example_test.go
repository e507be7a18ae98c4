package accounts_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"

	"github.com/merlon-go/merlon/accounts"
	"github.com/merlon-go/merlon/mail"
	"github.com/merlon-go/merlon/passwords"
	"github.com/merlon-go/merlon/secrets"
	"github.com/merlon-go/merlon/sessions"
	"github.com/merlon-go/merlon/store/memory"
)

// discard sends mail nowhere; mail.Open gives a sender that does.
type discard struct{}

func (discard) Send(context.Context, mail.Message) error { return nil }

func Example() {
	db := memory.New() // or sqlite.Open, postgres.Open
	ring, err := secrets.NewRing(secrets.New("nFzR8kq2vXbT5mYc7wLpQdJh3sGtA9eUxK4rBfMn"))
	if err != nil {
		panic(err)
	}
	manager, err := sessions.New(sessions.Config{Store: db.Sessions()})
	if err != nil {
		panic(err)
	}
	hasher, err := passwords.New(passwords.Config{})
	if err != nil {
		panic(err)
	}
	queue, err := mail.NewQueue(mail.QueueConfig{Store: db.Outbox(), Sender: discard{}, Keys: ring})
	if err != nil {
		panic(err)
	}
	people, err := accounts.New(accounts.Config{
		Store: db.Accounts(), Sessions: manager, Passwords: hasher, Mail: queue,
		PublicURL: &url.URL{Scheme: "https", Host: "shop.example"},
	})
	if err != nil {
		panic(err)
	}

	mux := http.NewServeMux()
	people.Register(mux)
	mux.Handle("/orders", people.Require(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, err := accounts.From(r.Context())
		if err != nil {
			return // people.Require has answered
		}
		fmt.Fprintf(w, "Orders of %s", user.Email)
	})))
	site := manager.Handler(people.Handler(mux)) // and csrf, csp … around it

	w := httptest.NewRecorder()
	site.ServeHTTP(w, httptest.NewRequest("GET", "https://shop.example/orders", nil))
	fmt.Println(w.Code, w.Header().Get("Location"))

	user, err := people.Create(context.Background(), "ann@example.com", "correct horse battery staple", true)
	fmt.Println(user.Email, err)
	// Output:
	// 303 /account/login?next=%2Forders
	// ann@example.com <nil>
}
