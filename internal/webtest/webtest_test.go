package webtest_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/merlon-go/merlon/internal/webtest"
)

func TestBrowserShowsAPage(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte("<title>tower</title><p>stone</p>"))
	}))
	defer server.Close()
	ctx := webtest.Browser(t)
	webtest.Run(t, ctx, chromedp.Navigate(server.URL))
	if title := webtest.Get(t, ctx, chromedp.Title()); title != "tower" {
		t.Errorf("title = %q", title)
	}
	if text := webtest.Get(t, ctx, chromedp.Text("p")); text != "stone" {
		t.Errorf("text = %q", text)
	}
}
