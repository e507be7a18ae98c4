package request

import (
	"net/http"
	"strings"
)

// NoShare keeps a response whose header is h out of shared caches, for it
// holds what belongs to one client: a nonce, a token. A Cache-Control that
// already says private or no-store stays; any other is replaced, for nobody
// means "public" once the page has such a value in it.
func NoShare(h http.Header) {
	for _, line := range h["Cache-Control"] {
		for directive := range strings.SplitSeq(line, ",") {
			switch d := strings.TrimSpace(directive); {
			case strings.EqualFold(d, "private"), strings.EqualFold(d, "no-store"):
				return
			}
		}
	}
	h["Cache-Control"] = privateNoStore
}

// privateNoStore is shared by all responses, like every header value that is
// always the same: an append copies it.
var privateNoStore = []string{"private, no-store"}

// AddVary adds name, in canonical form, to the Vary header of h unless it is there.
func AddVary(h http.Header, name string) {
	for _, line := range h["Vary"] {
		if line == name {
			return
		}
		for have := range strings.SplitSeq(line, ",") {
			if have = strings.TrimSpace(have); have == "*" || strings.EqualFold(have, name) {
				return
			}
		}
	}
	h["Vary"] = append(h["Vary"], name)
}
