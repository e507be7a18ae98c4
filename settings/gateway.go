package settings

import "net/url"

// Gateway is the application behind the site.
type Gateway struct {
	// Upstream is where requests go; nil means that there is none.
	Upstream *url.URL
}

func (g *Gateway) settings() []Setting {
	return []Setting{
		WebURL("UPSTREAM", &g.Upstream, "Application that requests are passed on to. With it, serve is a gateway."),
	}
}
