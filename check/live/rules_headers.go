package live

import (
	"fmt"
	"slices"
	"strings"

	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/csp"
	"github.com/merlon-go/merlon/headers"
)

// headerRule is a rule about a header of every page.
func headerRule(id, title string, level check.Level, cap Grade, why, fix string, asvs string, fault func(v visit) (string, string)) rule {
	r := rule{Rule: check.Rule{ID: id, Title: title, Level: level, Tags: []string{"headers"}, Why: why, Fix: fix, CWE: []int{693}}, cap: cap}
	if asvs != "" {
		r.ASVS = []string{asvs}
	}
	r.judge = func(s *survey) []check.Finding { return s.onDocuments(fault) }
	return r
}

func headerRules() []rule {
	framing := headerRule("live-framing-open", "Any site may put the pages into a frame", check.Error, C,
		"A hostile page lays the site invisibly under its own buttons, and visitors click in it without knowing (clickjacking).",
		"Send frame-ancestors 'none' or 'self' in the Content-Security-Policy, and X-Frame-Options DENY for old browsers.", "V3.4.6", openFraming)
	framing.CWE, framing.Django = []int{1021}, "security.W019"
	nosniff := headerRule("live-nosniff-missing", "X-Content-Type-Options is not nosniff", check.Warning, B,
		"Browsers guess the type of what is served, and may run an upload as a script.",
		"Send X-Content-Type-Options: nosniff with every answer.", "V3.4.4", sniffable)
	nosniff.Django = "security.W006"
	nosniff.judge = func(s *survey) []check.Finding { // files need it as much as pages
		if found := s.onDocuments(sniffable); found != nil {
			return found
		}
		for _, a := range slices.Concat([]*answer{s.auto}, s.assets, s.data) {
			if title, evidence := sniffable(visit{answer: a}); title != "" {
				return one(a, title, evidence)
			}
		}
		return nil
	}
	return []rule{framing, nosniff,
		headerRule("live-framing-legacy", "Frames are refused by X-Frame-Options alone", check.Info, A,
			"X-Frame-Options is obsolete: it knows no list, and browsers differ where frames are nested.",
			"Add frame-ancestors to the Content-Security-Policy.", "V3.4.6", func(v visit) (string, string) {
				if ancestors(v.answer) != nil || !goodFrameOptions(v.answer) {
					return "", ""
				}
				return "Frames are refused by X-Frame-Options and not by frame-ancestors", v.answer.get("X-Frame-Options")
			}),
		headerRule("live-referrer-missing", "Referrer-Policy is missing", check.Info, A,
			"What other sites learn about the visitor's way is left to each browser's default.",
			"Send Referrer-Policy: strict-origin-when-cross-origin, or same-origin to say nothing.", "V3.4.5", func(v visit) (string, string) {
				if v.answer.get("Referrer-Policy") != "" || v.page.referrer != "" {
					return "", ""
				}
				return "Referrer-Policy is missing", ""
			}),
		headerRule("live-referrer-invalid", "Referrer-Policy cannot be read", check.Warning, AMinus,
			"Browsers pass over what they do not know, so the header does nothing.",
			"Write one of the policies of the standard, such as same-origin.", "V3.4.5", func(v visit) (string, string) {
				list := referrerOf(v)
				if strings.Trim(list, ", ") == "" || lastReferrer(list) != "" {
					return "", ""
				}
				return "Referrer-Policy has no value that browsers know", list
			}),
		headerRule("live-referrer-unsafe", "Referrer-Policy tells other sites too much", check.Warning, B,
			"Addresses with tokens, searches or names in them reach other sites, and with no-referrer-when-downgrade and unsafe-url in full.",
			"Send strict-origin-when-cross-origin, same-origin or no-referrer.", "V3.4.5", func(v visit) (string, string) {
				list := referrerOf(v)
				if last := lastReferrer(list); slices.Contains(openReferrers, last) {
					return "Referrer-Policy is " + last, list
				}
				return "", ""
			}),
		headerRule("live-permissions-missing", "Permissions-Policy is missing", check.Info, A,
			"An injected script, or a frame, may ask for camera, location, payments and more in the site's name.",
			"Send Permissions-Policy and switch off what the site does not use.", "", func(v visit) (string, string) {
				if v.answer.get("Permissions-Policy") != "" {
					return "", ""
				}
				return "Permissions-Policy is missing", ""
			}),
		headerRule("live-permissions-invalid", "Permissions-Policy cannot be read, or gives features to everybody", check.Warning, AMinus,
			"A header that is no dictionary of RFC 9651 is dropped as a whole; * hands a feature to every frame.",
			"Write it as camera=(), microphone=(), geolocation=(self).", "", func(v visit) (string, string) {
				value := v.answer.get("Permissions-Policy")
				return permissionsFault(value), value
			}),
		headerRule("live-opener-missing", "Cross-Origin-Opener-Policy is missing or off", check.Info, A,
			"Pages that open the site in a window keep a handle on it, and can steer it or count its frames (XS-Leaks).",
			"Send Cross-Origin-Opener-Policy: same-origin.", "V3.4.8", func(v visit) (string, string) {
				return tokenFault(v.answer, "Cross-Origin-Opener-Policy", "same-origin", "same-origin-allow-popups", "noopener-allow-popups")
			}),
		headerRule("live-resource-missing", "Cross-Origin-Resource-Policy is missing or open", check.Info, A,
			"Other sites may load the page as an image or script, and learn from how that fails (Spectre, XS-Leaks).",
			"Send Cross-Origin-Resource-Policy: same-origin, and open single files that others need.", "V3.5.8", func(v visit) (string, string) {
				return tokenFault(v.answer, "Cross-Origin-Resource-Policy", "same-origin", "same-site")
			}),
		headerRule("live-embedder-missing", "Cross-Origin-Embedder-Policy is missing", check.Info, APlus,
			"Without it the page is not isolated from what it embeds. It matters where the page embeds others' content or needs SharedArrayBuffer.",
			"Send Cross-Origin-Embedder-Policy: require-corp once all that is embedded allows it.", "", func(v visit) (string, string) {
				return tokenFault(v.answer, "Cross-Origin-Embedder-Policy", "require-corp", "credentialless")
			}),
		headerRule("live-charset-missing", "A page has no character set", check.Warning, BPlus,
			"Where the encoding is guessed, text can be made to mean a script (UTF-7 and its kin).",
			"Send Content-Type: text/html; charset=utf-8.", "V4.1.1", func(v visit) (string, string) {
				if kind := strings.ToLower(v.answer.header.Get("Content-Type")); kind == "" || strings.Contains(kind, "charset=") { // live-type-missing says it
					return "", ""
				}
				return "The Content-Type of a page names no charset", v.answer.header.Get("Content-Type")
			}),
		typeMissing(),
		headerRule("live-xss-filter", "X-XSS-Protection switches a filter on", check.Info, A,
			"The filter of old browsers could be used to take scripts out of a page and to learn what it holds.",
			"Remove the header, or send X-XSS-Protection: 0.", "", func(v visit) (string, string) {
				if value := v.answer.get("X-XSS-Protection"); strings.HasPrefix(strings.TrimSpace(value), "1") {
					return "X-XSS-Protection switches a harmful filter on", value
				}
				return "", ""
			}),
		partialHeaders(),
	}
}

// typeMissing is about pages that browsers have to guess.
func typeMissing() rule {
	r := headerRule("live-type-missing", "A page has no Content-Type", check.Warning, BPlus,
		"Browsers guess what it is, and whoever can put text into an answer can make them guess a page with scripts.",
		"Send Content-Type with every answer that has a body.", "V4.1.1", func(v visit) (string, string) {
			return when(strings.TrimSpace(v.answer.header.Get("Content-Type")) == "", "A page has no Content-Type"), ""
		})
	r.CWE = []int{430}
	return r
}

func sniffable(v visit) (string, string) {
	value := v.answer.get("X-Content-Type-Options")
	if first, _, _ := strings.Cut(value, ","); strings.EqualFold(strings.TrimSpace(first), "nosniff") {
		return "", ""
	}
	return "X-Content-Type-Options is missing or not nosniff", value
}

func referrerOf(v visit) string { return v.answer.get("Referrer-Policy") + "," + v.page.referrer }

// permissionsFault says what is wrong with the header, "" if nothing is.
func permissionsFault(value string) string {
	if value == "" {
		return ""
	}
	policy, err := headers.ParsePermissionsPolicy(value)
	if err != nil {
		// Features come and go: one that is unknown here is no fault.
		if strings.Contains(err.Error(), "unknown feature") {
			return ""
		}
		return "Permissions-Policy cannot be read"
	}
	for feature, who := range policy {
		if slices.Contains(who, "*") && slices.Contains([]string{"camera", "microphone", "geolocation", "payment", "usb", "serial", "hid", "bluetooth", "midi", "display-capture"}, feature) {
			return "Permissions-Policy gives " + feature + " to every frame"
		}
	}
	return ""
}

// tokenFault judges a header that is one word.
func tokenFault(a *answer, header string, good ...string) (string, string) {
	value := a.get(header)
	word, _, _ := strings.Cut(value, ";")
	switch word = strings.TrimSpace(word); {
	case value == "":
		return header + " is missing", ""
	case slices.Contains(good, word):
		return "", ""
	}
	return header + " does not protect", value
}

func goodFrameOptions(a *answer) bool {
	value := strings.TrimSpace(a.get("X-Frame-Options"))
	return strings.EqualFold(value, "deny") || strings.EqualFold(value, "sameorigin")
}

// ancestors returns the sources of frame-ancestors, nil if there is none. Of
// several policies the strictest counts: the one with the fewest sources.
func ancestors(a *answer) []csp.Source {
	var list []csp.Source
	for _, p := range csp.ParseHeader(a.header.Values("Content-Security-Policy")...) {
		if sources := p[csp.FrameAncestors]; sources != nil && (list == nil || !broadAncestors(sources)) {
			list = sources
		}
	}
	return list
}

func broadAncestors(sources []csp.Source) bool {
	return slices.ContainsFunc(sources, func(s csp.Source) bool {
		host := strings.TrimPrefix(strings.TrimPrefix(string(s), "https://"), "http://")
		rest, wild := strings.CutPrefix(host, "*.")
		rest, _, _ = strings.Cut(rest, ":")
		return host == "*" || s == "https:" || s == "http:" || strings.HasPrefix(host, "*:") || wild && registrable(rest) == ""
	})
}

func openFraming(v visit) (string, string) {
	sources := ancestors(v.answer)
	switch {
	case sources != nil && broadAncestors(sources): // browsers that know it ignore X-Frame-Options
		return "frame-ancestors lets any site frame the page", fmt.Sprint("frame-ancestors ", sources)
	case sources != nil || goodFrameOptions(v.answer):
		return "", ""
	case v.answer.get("X-Frame-Options") != "":
		return "X-Frame-Options has a value that browsers ignore", v.answer.get("X-Frame-Options")
	}
	return "Neither frame-ancestors nor X-Frame-Options keeps other sites from framing the page", ""
}

// partialHeaders compares the page with error pages and redirects.
func partialHeaders() rule {
	return rule{check.Rule{
		ID: "live-headers-partial", Title: "Error pages lack headers that other pages have", Level: check.Warning, Tags: []string{"headers"},
		Why: "An error page is a page of the site: it can be framed, sniffed and injected into like any other.",
		Fix: "Set the headers where every answer passes, in the server in front or in one handler around all.",
		CWE: []int{693}, ASVS: []string{"V3.4.3", "V3.4.4", "V3.4.6"},
	}, B, func(s *survey) []check.Finding {
		wanted := []string{"X-Content-Type-Options", "Content-Security-Policy", "Referrer-Policy"}
		var found []check.Finding
		for _, a := range append([]*answer{s.missing, s.malformed}, s.refused...) {
			// A server's own word that it could not read the request is a line
			// of text below any handler.
			if !a.ok() || !s.auto.html() || a != s.missing && !a.html() {
				continue
			}
			var lacks []string
			for _, name := range wanted {
				if s.auto.get(name) != "" && a.get(name) == "" && (a.html() || name == "X-Content-Type-Options") {
					lacks = append(lacks, name)
				}
			}
			page, _ := openFraming(visit{answer: s.auto})
			this, _ := openFraming(visit{answer: a})
			if page == "" && this != "" && a.html() && !slices.Contains(lacks, "Content-Security-Policy") {
				lacks = append(lacks, "frame-ancestors or X-Frame-Options")
			}
			if len(lacks) > 0 {
				f := one(a, fmt.Sprintf("The answer with status %d lacks %s", a.status, strings.Join(lacks, ", ")), "")
				f[0].Key = "partial"
				found = append(found, f...)
			}
		}
		return found
	}}
}
