package live

import (
	"bytes"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// readPage reads what the Observatory sees of the page judged. Algorithm 4
// builds the document as a browser does; 6 takes the tags as they come, those
// of templates and noscript too, knows no base element, and takes what has no
// type for a page but for its meta elements.
func (o *observation) readPage() {
	o.page = &page{base: o.auto.url}
	switch typed, read := o.html(); {
	case typed && o.algorithm < 6:
		o.page = readPage(o.auto.url, o.auto.body)
	case read:
		o.page.readTags(o.auto.body, typed)
	}
}

// html reports whether the page says that it is HTML, and whether it is read as
// such: algorithm 6 reads also what says nothing.
func (o *observation) html() (typed, read bool) {
	media, _, _ := strings.Cut(o.auto.header.Get("Content-Type"), ";")
	typed = media == "text/html" || media == "application/xhtml+xml" // as it is written
	return typed, typed || media == "" && o.algorithm >= 6
}

// readTags reads scripts and, if meta is set, meta elements, wherever they stand.
func (p *page) readTags(body []byte, meta bool) {
	z := html.NewTokenizer(bytes.NewReader(body))
	z.SetMaxBuf(maxBody)
	for range maxElements {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			at := attributes(&token)
			switch token.Data {
			case "noscript":
				z.NextIsNotRawText()
			case "script":
				if src := at("src"); src != "" {
					u, _ := url.Parse(src)
					p.scripts = append(p.scripts, resource{tag: "script", raw: src, url: u, integrity: at("integrity")})
				} else {
					p.inlineAll++
				}
			case "meta":
				if meta {
					p.meta(at)
				}
			}
		}
	}
}
