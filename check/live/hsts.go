package live

import (
	"strconv"
	"strings"
)

// An hsts is a Strict-Transport-Security header as a browser reads it (RFC
// 6797 section 6.1): the first header counts, a directive given twice or a
// max-age that is no number makes all of it void.
type hsts struct {
	set        bool
	valid      bool
	maxAge     int64 // seconds
	subdomains bool
	preload    bool
}

// maxAgeLimit bounds what is understood: 10^15 seconds are longer than
// anybody's browser lives.
const maxAgeDigits = 15

func parseHSTS(values []string) hsts {
	if len(values) == 0 {
		return hsts{}
	}
	h := hsts{set: true}
	if len(values[0]) > 1024 {
		return h
	}
	seen := map[string]bool{}
	for part := range strings.SplitSeq(values[0], ";") {
		name, value, _ := strings.Cut(part, "=")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
		if name == "" {
			continue
		}
		if seen[name] {
			return hsts{set: true}
		}
		seen[name] = true
		switch name {
		case "max-age":
			if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
				value = value[1 : len(value)-1]
			}
			if len(value) > maxAgeDigits {
				return hsts{set: true}
			}
			n, err := strconv.ParseUint(value, 10, 63)
			if err != nil {
				return hsts{set: true}
			}
			h.maxAge, h.valid = int64(n), true
		case "includesubdomains":
			h.subdomains = true
		case "preload":
			h.preload = true
		}
	}
	if !h.valid {
		return hsts{set: true}
	}
	return h
}
