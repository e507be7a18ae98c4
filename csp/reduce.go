package csp

import "strings"

// RouteOf returns the route of a path as far as it can be told from the path
// alone: segments that look like numbers, ids, addresses or tokens become "{}",
// and what is deeper than eight segments "{...}".
func RouteOf(path string) string {
	segments := strings.Split(strings.Trim(path[:min(len(path), 2048)], "/"), "/")
	for i, s := range segments {
		if i == 8 {
			segments = append(segments[:8], "{...}")
			break
		}
		if isVariable(s) {
			segments[i] = "{}"
		}
	}
	route := "/" + strings.Join(segments, "/")
	if len(route) > 1 && strings.HasSuffix(path, "/") {
		route += "/"
	}
	return route
}

// isVariable reports whether a path segment looks like a value rather than a name.
func isVariable(s string) bool {
	digits, letters, hex := 0, 0, true
	for _, c := range []byte(s) {
		switch {
		case '0' <= c && c <= '9':
			digits++
		case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z':
			letters++
			hex = hex && (c|0x20) <= 'f'
		case c == '@' || c == '%':
			return true
		case c != '-':
			hex = false
		}
	}
	return digits > 0 && letters == 0 || digits > 0 && hex && len(s) >= 8 || digits >= 4 && len(s) >= 16 || len(s) > 64
}

// browserOf returns family and major version of a browser, "" if unknown.
func browserOf(userAgent string) string {
	userAgent = userAgent[:min(len(userAgent), 512)]
	for _, b := range [...]struct{ mark, name string }{ // the more specific first
		{"Edg/", "Edge"}, {"EdgA/", "Edge"}, {"EdgiOS/", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"},
		{"FxiOS/", "Firefox"}, {"Firefox/", "Firefox"}, {"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Version/", "Safari"},
	} {
		_, rest, ok := strings.Cut(userAgent, b.mark)
		if !ok {
			continue
		}
		end := 0
		for end < len(rest) && end < 4 && '0' <= rest[end] && rest[end] <= '9' {
			end++
		}
		return strings.TrimSpace(clean(b.name+" "+rest[:end], maxBrowser))
	}
	return ""
}
