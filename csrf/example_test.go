package csrf_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"

	"github.com/merlon-go/merlon/csrf"
	"github.com/merlon-go/merlon/secrets"
)

// A form that only the site's own pages can send.
func Example() {
	keys, err := secrets.NewRing(secrets.New("take this from the settings, not from code"))
	if err != nil {
		panic(err)
	}
	protection, err := csrf.New(csrf.Config{Keys: keys})
	if err != nil {
		panic(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /pay", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `<form method="post">%s<button>Pay</button></form>`, csrf.Field(r.Context()))
	})
	mux.HandleFunc("POST /pay", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "paid") })
	site := protection.Handler(mux)

	// The page sets the cookie and holds the token.
	page := httptest.NewRecorder()
	site.ServeHTTP(page, httptest.NewRequest("GET", "https://www.example.com/pay", nil))
	token := regexp.MustCompile(`value="([^"]+)"`).FindStringSubmatch(page.Body.String())[1]

	send := func(origin, token string) int {
		body := url.Values{"csrf_token": {token}}.Encode()
		r := httptest.NewRequest("POST", "https://www.example.com/pay", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", origin)
		r.AddCookie(page.Result().Cookies()[0])
		w := httptest.NewRecorder()
		site.ServeHTTP(w, r)
		return w.Code
	}
	fmt.Println("own page:", send("https://www.example.com", token))
	fmt.Println("own page without token:", send("https://www.example.com", ""))
	fmt.Println("another site:", send("https://evil.example", token))
	// Output:
	// own page: 200
	// own page without token: 403
	// another site: 403
}

// A JSON API for the site's own scripts needs no token: the browser says where
// a request comes from.
func Example_tokenless() {
	keys, _ := secrets.NewRing(secrets.New("take this from the settings, not from code"))
	protection, err := csrf.New(csrf.Config{
		Keys:           keys,
		AllowTokenless: []string{"/api/"},
		TrustedOrigins: []string{"https://app.example.org"},
	})
	if err != nil {
		panic(err)
	}
	r := httptest.NewRequest("PUT", "https://www.example.com/api/items/1", nil)
	fmt.Println(protection.Check(r))
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	fmt.Println(protection.Check(r))
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	fmt.Println(protection.Check(r))
	r.Header.Set("Origin", "https://app.example.org")
	fmt.Println(protection.Check(r))
	// Output:
	// csrf: no-referer
	// <nil>
	// csrf: cross-site
	// <nil>
}
