package headers_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/merlon-go/merlon/headers"
)

func Example() {
	policy, err := headers.New(headers.Config{
		PermissionsPolicy: headers.PermissionsPolicy{"camera": {"self"}, "usb": nil},
		Routes: map[string]headers.Override{
			"/preview/": {FrameOptions: "SAMEORIGIN", Reason: "the editor shows it in a frame"},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	site := policy.Handler(http.NotFoundHandler())

	w := httptest.NewRecorder()
	site.ServeHTTP(w, httptest.NewRequest("GET", "https://example.com/", nil))
	for _, name := range headers.Names() {
		if value := w.Header().Get(name); value != "" {
			fmt.Printf("%s: %s\n", name, value)
		}
	}
	for _, e := range policy.Exemptions() {
		fmt.Println(e.Pattern, e.Header, e.Value)
	}
	// Output:
	// X-Content-Type-Options: nosniff
	// X-Frame-Options: DENY
	// Referrer-Policy: same-origin
	// Cross-Origin-Opener-Policy: same-origin
	// Cross-Origin-Resource-Policy: same-origin
	// Permissions-Policy: camera=(self), usb=()
	// Strict-Transport-Security: max-age=3600
	//  Permissions-Policy camera=(self), usb=()
	// /preview/ X-Frame-Options SAMEORIGIN
}

func ExampleRampSeconds() {
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for _, days := range []int{0, 1, 7, 28, 90} {
		fmt.Println(days, headers.RampSeconds(start, start.AddDate(0, 0, days)))
	}
	// Output:
	// 0 300
	// 1 3600
	// 7 86400
	// 28 2592000
	// 90 31536000
}

func ExampleFrameOptions() {
	policy, err := headers.New(headers.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	preview := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {})
	site := policy.Handler(headers.FrameOptions("SAMEORIGIN")(preview))

	w := httptest.NewRecorder()
	site.ServeHTTP(w, httptest.NewRequest("GET", "https://example.com/preview", nil))
	fmt.Println(w.Header().Get("X-Frame-Options"))
	// Output:
	// SAMEORIGIN
}
