package live

import (
	"bytes"
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// A page is what matters of an HTML document.
type page struct {
	at, base   *url.URL
	inner      bool       // of a noscript
	scripts    []resource // with a src
	unscripted []resource // those in noscript, which no browser runs
	styles     []resource // link rel=stylesheet, preload as=style or script
	loads      []resource // images, media, frames, plug-ins: everything else that is loaded
	refresh    *url.URL   // where a meta element leads by itself
	unmasked   string     // the name of a field for a password that shows what is typed
	hrefs      []string   // of a and area
	links      []*url.URL // the same, read
	forms      []form
	metaCSP    []string
	referrer   string // of meta name=referrer; the last
	generator  string
	inline     int  // inline scripts that run
	inlineAll  int  // script elements without a src, data blocks too
	bare       int  // inline scripts without nonce
	handlers   int  // event handler attributes
	password   bool // has a password field outside any form, or in one
	noPaste    bool // a password field that refuses pasting
	plugins    []string
	nonces     []string
	baseTarget bool   // a base element with an href was seen
	canonical  string // the host of link rel=canonical
}

// A resource is something that the page loads.
type resource struct {
	tag         string
	raw         string
	url         *url.URL // nil if it cannot be read
	integrity   string
	hasCrossing bool // has a crossorigin attribute
	nonce       string
}

// A form of the page.
type form struct {
	method   string
	raw      string
	action   *url.URL
	password bool
	hidden   bool // has a hidden field that is not empty
	token    bool // one of them guards against forgery, by its name
	of       int  // of a button with an action of its own: the form's number and one; else 0
}

// maxElements bounds what is read of a page.
const maxElements = 50_000

// readPage reads the document as far as it is HTML. It does not run scripts,
// so what they add is not seen.
func readPage(at *url.URL, body []byte) *page {
	p := &page{at: at, base: at}
	p.read(body)
	return p
}

func (p *page) read(body []byte) {
	z := html.NewTokenizer(bytes.NewReader(body))
	z.SetMaxBuf(maxBody)
	open := -1 // index of the form that is open
	inert := 0 // how many templates are open: what is in them is not loaded
	raw := ""  // the element whose text comes next
	defer p.resolve()
	for range maxElements {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			if raw = token.Data; raw == "template" && (inert > 0 || !shadow(&token)) {
				inert++
			}
			if inert == 0 {
				p.element(&token, &open)
			}
		case html.TextToken:
			switch {
			case inert > 0:
			case raw == "noscript":
				p.noscript(z.Raw())
			case raw == "style":
				p.css("style", string(z.Raw()))
			}
			raw = ""
		case html.EndTagToken:
			switch name, _ := z.TagName(); string(name) {
			case "form":
				open = -1
			case "template":
				inert = max(inert-1, 0)
			}
		}
	}
}

// resolve reads the addresses of links and forms, which count when they are
// used: a base element that stands behind them has its say.
func (p *page) resolve() {
	for _, href := range p.hrefs {
		if u, err := p.base.Parse(href); err == nil {
			p.links = append(p.links, u)
		}
	}
	for i := range p.forms {
		f := &p.forms[i]
		if f.of > 0 {
			f.password, f.hidden, f.token = p.forms[f.of-1].password, p.forms[f.of-1].hidden, p.forms[f.of-1].token
		}
		f.action = p.at // without an action a form sends to the page itself
		if u, err := p.base.Parse(f.raw); err == nil && f.raw != "" {
			f.action = u
		}
	}
}

// shadow reports whether a template is shown where it stands, as a shadow root.
func shadow(t *html.Token) bool {
	return slices.ContainsFunc(t.Attr, func(a html.Attribute) bool { return a.Key == "shadowrootmode" })
}

// noscript reads what stands there for browsers without scripts. Nothing of it
// is loaded by others; the Observatory counts its scripts all the same.
func (p *page) noscript(text []byte) {
	if p.inner { // one inside another would be read again and again
		return
	}
	inner := &page{at: p.at, base: p.base, inner: true}
	inner.read(bytes.Clone(text))
	p.unscripted = append(p.unscripted, inner.scripts...)
	p.inlineAll += inner.inlineAll
}

// attributes looks up the attributes of an element, "" for those it lacks.
func attributes(t *html.Token) func(name string) string {
	return func(name string) string {
		for _, a := range t.Attr {
			if a.Key == name {
				if name == "crossorigin" && a.Val == "" {
					return "anonymous"
				}
				return a.Val
			}
		}
		return ""
	}
}

func (p *page) element(t *html.Token, open *int) {
	at := attributes(t)
	for _, a := range t.Attr {
		if strings.HasPrefix(a.Key, "on") && len(a.Key) > 2 && strings.TrimSpace(a.Val) != "" {
			p.handlers++
		}
		if a.Key == "style" {
			p.css("style", a.Val)
		}
		if a.Key == "srcset" || a.Key == "imagesrcset" {
			const most = 20
			for _, candidate := range strings.SplitN(a.Val, ", ", most) {
				if fields := strings.Fields(candidate); len(fields) > 0 {
					p.loads = append(p.loads, p.resource(t.Data, fields[0], at))
				}
			}
		}
	}
	switch t.Data {
	case "base":
		if u, err := p.base.Parse(strings.TrimSpace(at("href"))); err == nil && !p.baseTarget && at("href") != "" {
			p.base, p.baseTarget = u, true
		}
	case "script":
		p.script(at)
	case "link":
		p.link(at)
	case "meta":
		p.meta(at)
	case "img", "audio", "video", "source", "track", "iframe", "frame", "embed", "input", "image":
		if src := at("src"); src != "" {
			p.loads = append(p.loads, p.resource(t.Data, src, at))
		}
		if href := cmp.Or(at("href"), at("xlink:href")); t.Data == "image" && href != "" {
			p.loads = append(p.loads, p.resource(t.Data, href, at)) // of SVG
		}
		if poster := at("poster"); t.Data == "video" && poster != "" {
			p.loads = append(p.loads, p.resource(t.Data, poster, at))
		}
		if t.Data == "embed" {
			p.plugins = append(p.plugins, t.Data)
		}
		if t.Data == "input" {
			p.input(at, *open)
		}
	case "button":
		p.button(at, *open)
	case "object", "applet":
		p.plugins = append(p.plugins, t.Data)
		if data := at("data"); data != "" {
			p.loads = append(p.loads, p.resource(t.Data, data, at))
		}
	case "a", "area":
		if href := strings.TrimSpace(at("href")); href != "" {
			p.hrefs = append(p.hrefs, href)
		}
	case "form":
		p.forms = append(p.forms, form{method: strings.ToUpper(at("method")), raw: strings.TrimSpace(at("action"))})
		*open = len(p.forms) - 1
	}
}

func (p *page) resource(tag, raw string, at func(string) string) resource {
	r := resource{tag: tag, raw: strings.TrimSpace(raw), integrity: strings.TrimSpace(at("integrity")), nonce: at("nonce"), hasCrossing: at("crossorigin") != ""}
	if u, err := p.base.Parse(r.raw); err == nil {
		r.url = u
	}
	return r
}

func (p *page) script(at func(string) string) {
	if n := at("nonce"); n != "" {
		p.nonces = append(p.nonces, n)
	}
	if src := at("src"); src != "" {
		p.scripts = append(p.scripts, p.resource("script", src, at))
		return
	}
	p.inlineAll++
	switch kind := strings.ToLower(strings.TrimSpace(at("type"))); kind {
	case "", "module", "text/javascript", "application/javascript":
		p.inline++
		if at("nonce") == "" {
			p.bare++
		}
	}
}

func (p *page) link(at func(string) string) {
	href := at("href")
	if href == "" {
		return
	}
	for rel := range strings.FieldsSeq(strings.ToLower(at("rel"))) {
		switch rel {
		case "canonical":
			if u, err := p.base.Parse(href); err == nil {
				p.canonical = u.Hostname()
			}
			return
		case "stylesheet", "modulepreload":
			p.styles = append(p.styles, p.resource("link", href, at))
			return
		case "icon", "manifest", "preload", "prefetch", "apple-touch-icon":
			p.loads = append(p.loads, p.resource("link", href, at))
			return
		}
	}
}

func (p *page) meta(at func(string) string) {
	content := at("content")
	switch {
	case strings.EqualFold(strings.TrimSpace(at("http-equiv")), "content-security-policy"):
		if content != "" {
			p.metaCSP = append(p.metaCSP, content)
		}
	case strings.EqualFold(strings.TrimSpace(at("name")), "referrer"):
		if content != "" {
			p.referrer = content
		}
	case strings.EqualFold(strings.TrimSpace(at("name")), "generator"):
		p.generator = content
	case strings.EqualFold(strings.TrimSpace(at("http-equiv")), "refresh"):
		p.refresh = refreshTarget(p.base, content)
	}
}

// refreshTarget returns where a refresh leads (HTML section 4.2.5.3), nil if
// it loads the page again.
func refreshTarget(base *url.URL, content string) *url.URL {
	_, target, ok := strings.Cut(content, ";")
	if !ok {
		_, target, _ = strings.Cut(content, ",")
	}
	target = strings.TrimSpace(target)
	if len(target) >= 3 && strings.EqualFold(target[:3], "url") {
		target = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(target[3:]), "="))
	}
	target = strings.Trim(target, `"' `)
	if u, err := base.Parse(target); err == nil && target != "" {
		return u
	}
	return nil
}

var (
	cssSilent = regexp.MustCompile(`(?s)/\*.*?\*/|@namespace[^;{]*;`)
	cssLoad   = regexp.MustCompile(`(?i)(@import\s+)?(?:url\(\s*)["']?([^"')\s]+)|@import\s+["']([^"']+)`)
)

// css reads what a stylesheet loads over plain http. What it imports governs
// the page as a stylesheet does.
func (p *page) css(tag, text string) {
	if !strings.Contains(strings.ToLower(text), "http:") { // nothing else is looked for
		return
	}
	for _, m := range cssLoad.FindAllStringSubmatch(cssSilent.ReplaceAllString(text, ""), 100) {
		r := p.resource(tag, cmp.Or(m[2], m[3]), func(string) string { return "" })
		switch {
		case r.url == nil || r.url.Scheme != "http":
		case m[1] != "" || m[3] != "":
			p.styles = append(p.styles, r)
		default:
			p.loads = append(p.loads, r)
		}
	}
}

// button reads an action that is not its form's.
func (p *page) button(at func(string) string, open int) {
	if raw := strings.TrimSpace(at("formaction")); raw != "" && open >= 0 {
		p.forms = append(p.forms, form{method: cmp.Or(strings.ToUpper(at("formmethod")), p.forms[open].method), raw: raw, of: open + 1})
	}
}

// passwordNames are names of fields that hold a password and nothing else.
var passwordNames = []string{"password", "passwd", "passwort", "passphrase", "new_password", "current_password", "user_password", "user[password]"}

func (p *page) input(at func(string) string, open int) {
	p.button(at, open)
	switch strings.ToLower(strings.TrimSpace(at("type"))) {
	case "", "text":
		if name := strings.ToLower(at("name")); slices.Contains(passwordNames, name) {
			p.unmasked = name
		}
	case "password":
		p.password = true
		if open >= 0 {
			p.forms[open].password = true
		}
		if strings.Contains(strings.ToLower(at("onpaste")), "false") || strings.Contains(strings.ToLower(at("onpaste")), "preventdefault") {
			p.noPaste = true
		}
	case "hidden":
		if open >= 0 && at("value") != "" {
			p.forms[open].hidden = true
			name := strings.ToLower(at("name"))
			p.forms[open].token = p.forms[open].token || slices.ContainsFunc(forgeryNames, func(part string) bool { return strings.Contains(name, part) })
		}
	}
}
