package live

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// parseSecurityTxt returns what is wrong with a security.txt by RFC 9116, nil
// if nothing is, and when it expires.
func parseSecurityTxt(body []byte, now time.Time) (faults []string, expires time.Time) {
	const mostLines = 1000
	fault := func(text string) {
		if !slices.Contains(faults, text) {
			faults = append(faults, text)
		}
	}
	if strings.Contains(strings.ToLower(clip(string(body), 512)), "<html") {
		return []string{"it is an HTML page"}, expires
	}
	count := map[string]int{}
	signature := false
	for i, line := range strings.Split(string(body), "\n") {
		line = strings.TrimSpace(line)
		if i >= mostLines {
			fault("it has more than 1000 lines")
			break
		}
		if strings.HasPrefix(line, "-----BEGIN PGP SIGNATURE") {
			signature = true
		}
		if line == "" || line[0] == '#' || signature || strings.HasPrefix(line, "-----") {
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
		if !ok || name == "" || strings.ContainsAny(name, " \t") {
			fault("a line is no field")
			continue
		}
		count[name]++
		switch name {
		case "contact", "encryption", "acknowledgments", "policy", "hiring", "canonical", "csaf":
			u, err := url.Parse(value)
			switch {
			case err != nil || u.Scheme == "":
				fault(capital(name) + " is no URI (an address needs mailto:)")
			case u.Scheme == "http":
				fault(capital(name) + " is not https")
			}
		case "expires":
			at, err := time.Parse(time.RFC3339, strings.ToUpper(value))
			if err != nil {
				fault("Expires is no date of RFC 3339")
				continue
			}
			expires = at
			if at.Before(now) {
				fault("it has expired")
			}
		}
	}
	if count["contact"] == 0 {
		fault("Contact is missing")
	}
	for _, once := range []string{"expires", "preferred-languages"} {
		if count[once] > 1 {
			fault(capital(once) + " is given twice")
		}
	}
	if count["expires"] == 0 {
		fault("Expires is missing")
	}
	return faults, expires
}

// capital writes the first letter large.
func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
