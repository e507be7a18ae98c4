package csp

import "strings"

// bypass is why a script source gives an attacker a script of his own.
type bypass string

const (
	jsonp     bypass = "answers with JSONP, a script that calls whatever function the attacker names"
	libraries bypass = "serves old versions of script libraries, AngularJS among them, that run code found in the page's markup"
	uploads   bypass = "serves what anyone uploads there"
	tagLoader bypass = "serves tag containers that anyone can fill"
)

// bypasses are hosts that often stand in script allow lists and undo them, a
// leading dot for everything below. The facts are those that Google's
// csp_evaluator and the study behind it (Weichselbaum et al., "CSP Is Dead,
// Long Live CSP!", 2016) collected, and what the hosts say they offer.
var bypasses = map[string]bypass{
	"ajax.googleapis.com": libraries, "cdnjs.cloudflare.com": libraries, "cdn.jsdelivr.net": libraries, "unpkg.com": libraries,
	"esm.sh": libraries, "cdn.skypack.dev": libraries, "esm.run": libraries, "ga.jspm.io": libraries, "jspm.dev": libraries,
	"cdn.bootcss.com": libraries, "cdn.bootcdn.net": libraries, "cdn.staticfile.org": libraries, "oss.maxcdn.com": libraries,
	"yandex.st": libraries, "yastatic.net": libraries, "code.angularjs.org": libraries, "gstatic.com": libraries, "www.gstatic.com": libraries,
	"lib.baomitu.com": libraries, "cdn.walkme.com": libraries, "rawgit.com": libraries, "cdn.rawgit.com": libraries, "static.tumblr.com": libraries,

	"accounts.google.com": jsonp, "www.google.com": jsonp, "google.com": jsonp, "maps.google.com": jsonp, "maps.googleapis.com": jsonp,
	"translate.google.com": jsonp, "translate.googleapis.com": jsonp, "cse.google.com": jsonp, "clients1.google.com": jsonp, "books.google.com": jsonp,
	"www.googleapis.com": jsonp, "mt0.googleapis.com": jsonp, "mt1.googleapis.com": jsonp, "mts0.googleapis.com": jsonp, "mts1.googleapis.com": jsonp,
	"cbks0.googleapis.com": jsonp, "googleads.g.doubleclick.net": jsonp, "securepubads.g.doubleclick.net": jsonp, "www.googleadservices.com": jsonp,
	"partner.googleadservices.com": jsonp, "pagead2.googlesyndication.com": jsonp, "www.youtube.com": jsonp, "www.blogger.com": jsonp,
	"api.facebook.com": jsonp, "graph.facebook.com": jsonp, "www.facebook.com": jsonp, "api.instagram.com": jsonp, "publish.twitter.com": jsonp,
	"syndication.twitter.com": jsonp, "cdn.syndication.twimg.com": jsonp, "cdn.syndication.twitter.com": jsonp, "widgets.pinterest.com": jsonp,
	"api.flickr.com": jsonp, "vimeo.com": jsonp, "fast.wistia.com": jsonp, "links.services.disqus.com": jsonp, "m.addthis.com": jsonp,
	"www.sharethis.com": jsonp, "api.mixpanel.com": jsonp, "ib.adnxs.com": jsonp, "gum.criteo.com": jsonp, "api.vk.com": jsonp,
	"ulogin.ru": jsonp, "mc.yandex.ru": jsonp, "an.yandex.ru": jsonp, "pass.yandex.ru": jsonp, "yandex.ru": jsonp, "translate.yandex.net": jsonp,
	"share.yandex.net": jsonp, "connect.mail.ru": jsonp, "api.map.baidu.com": jsonp, "suggest.taobao.com": jsonp, "dev.virtualearth.net": jsonp,
	"nominatim.openstreetmap.org": jsonp, "pubsub.pubnub.com": jsonp, "query.yahooapis.com": jsonp, "a.tiles.mapbox.com": jsonp,
	"se.wikipedia.org": jsonp, "en.wikipedia.org": jsonp, "detector.alicdn.com": jsonp, "group.aliexpress.com": jsonp, "tr.indeed.com": jsonp,
	"autocomplete.travelpayouts.com": jsonp, "api.userlike.com": jsonp, "widget.admitad.com": jsonp, "wb.amap.com": jsonp,

	"raw.githubusercontent.com": uploads, "gist.githubusercontent.com": uploads, ".github.io": uploads, ".gitlab.io": uploads,
	".s3.amazonaws.com": uploads, "s3.amazonaws.com": uploads, "s3-eu-west-1.amazonaws.com": uploads, "storage.googleapis.com": uploads,
	".storage.googleapis.com": uploads, ".blob.core.windows.net": uploads, ".cloudfront.net": uploads, ".appspot.com": uploads,
	".herokuapp.com": uploads, ".netlify.app": uploads, ".vercel.app": uploads, ".pages.dev": uploads, ".workers.dev": uploads, ".r2.dev": uploads,
	".web.app": uploads, ".firebaseapp.com": uploads, ".azureedge.net": uploads, ".akamaihd.net": uploads, "dl.dropboxusercontent.com": uploads,
	"cdn.shopify.com": uploads, ".blogspot.com": uploads, ".googleusercontent.com": uploads, ".kxcdn.com": uploads, ".b-cdn.net": uploads,
	".global.ssl.fastly.net": uploads, ".rackcdn.com": uploads, "pastebin.com": uploads, "codepen.io": uploads, ".glitch.me": uploads, ".replit.app": uploads,

	"www.googletagmanager.com": tagLoader, "googletagmanager.com": tagLoader,
}

// needsEval are hosts whose bypass works only together with 'unsafe-eval'.
var needsEval = map[string]bool{
	"googletagmanager.com": true, "www.googletagmanager.com": true, "www.googleadservices.com": true,
}

// findBypass returns a known bypass that the host source reaches: by its own
// host, or by one below its wildcard.
func findBypass(s Source, evalAllowed bool) (host string, why bypass) {
	host, _ = sourceHost(s)
	if found := bypasses[host]; found != "" {
		if needsEval[host] && !evalAllowed {
			return "", ""
		}
		return host, found
	}
	domain, wildcard := strings.CutPrefix(host, "*")
	if !wildcard {
		return "", ""
	}
	found := ""
	for known, reason := range bypasses {
		if strings.HasSuffix(known, domain) && (evalAllowed || !needsEval[known]) && (found == "" || known < found) {
			found, why = known, reason
		}
	}
	return strings.TrimPrefix(found, "."), why
}

// sourceHost returns host and path of a host source in lower case.
func sourceHost(s Source) (host, path string) {
	text := string(s)
	if _, rest, ok := strings.Cut(text, "://"); ok {
		text = rest
	}
	host, path, _ = strings.Cut(text, "/")
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		host = host[:i]
	}
	return strings.TrimSuffix(lowerASCII(host), "."), path
}
