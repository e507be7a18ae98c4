package ratelimit

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// maxParts bounds what one key may be combined of.
const maxParts = 4

// A Key says what a rule counts by. Make one with [ByNetwork], [ByUser] and
// the other By functions, or read one with [ParseKey].
//
// The kind is part of the key, and values are hashed with their lengths, so
// that a user named like an address never shares that address's count.
//
// A request that lacks the value, such as an anonymous one under [ByUser] or
// one without the header of [ByHeader], is counted by its client's network
// instead, apart from those that have a value: leaving something out neither
// escapes a rule nor shares a count with strangers.
type Key struct {
	parts []keyPart
}

type keyPart struct {
	kind kind
	name string
	fn   func(*http.Request) string
}

// A kind is what a part of a key reads. The values are part of what a shared
// store sees and never change.
type kind byte

const (
	kindNetwork kind = iota + 1
	kindUser
	kindSession
	kindAPIKey
	kindHeader
	kindForm
	kindQuery
	kindFunc
	kindGlobal
)

// kindAbsent marks a part that was counted by network for want of a value.
const kindAbsent kind = 0x80

func (k kind) String() string {
	return [...]string{"", "network", "user", "session", "apikey", "header", "form", "query", "func", "global"}[k]
}

// named reports whether the kind is written with a name.
func (k kind) named() bool { return k >= kindHeader && k <= kindFunc }

// plain reports whether a value of the kind is a text that is counted as it is.
func (k kind) plain() bool { return k >= kindUser && k <= kindAPIKey || k == kindFunc }

func single(k kind, name string, fn func(*http.Request) string) Key {
	return Key{parts: []keyPart{{k, name, fn}}}
}

// ByNetwork counts by the client's network: its IPv4 address, or its IPv6
// network of 64 bits, because a customer has all addresses of one. An IPv4
// address inside IPv6 counts as the IPv4 address.
func ByNetwork() Key { return single(kindNetwork, "", nil) }

// ByUser counts by [Config.User]; anonymous requests by their network.
func ByUser() Key { return single(kindUser, "", nil) }

// BySession counts by [Config.Session]; requests without one by their network.
func BySession() Key { return single(kindSession, "", nil) }

// ByAPIKey counts by [Config.APIKey]; requests without one by their network.
func ByAPIKey() Key { return single(kindAPIKey, "", nil) }

// ByHeader counts by the value of a request header, as [Config.Normalize] spells
// it. A client chooses its headers: combine it with a rule by network unless
// something in front sets the header.
func ByHeader(name string) Key { return single(kindHeader, http.CanonicalHeaderKey(name), nil) }

// ByForm counts by a field of the request's form, as [Config.Normalize] spells
// it: of an urlencoded or multipart body, of a JSON object's top
// level, or of the query, as http.Request.FormValue looks. The handler still
// finds the whole body. See [Config.MaxForm].
func ByForm(name string) Key { return single(kindForm, name, nil) }

// ByQuery counts by a parameter of the query, as [Config.Normalize] spells it.
func ByQuery(name string) Key { return single(kindQuery, name, nil) }

// ByFunc counts by what fn returns, exactly; "" means that the request has no
// value. The name stands for it in listings. A nil fn is an error in [New].
func ByFunc(name string, fn func(*http.Request) string) Key { return single(kindFunc, name, fn) }

// Global counts all requests together: a limit for the whole site.
func Global() Key { return single(kindGlobal, "", nil) }

// By combines up to four keys: a new count for each combination of values.
func By(keys ...Key) Key {
	var k Key
	for _, other := range keys {
		k.parts = append(k.parts, other.parts...)
	}
	return k
}

// NeedsVisitor reports whether k counts by user or session: such a rule must
// come after the control that finds out who sends a request.
func (k Key) NeedsVisitor() bool {
	return slices.ContainsFunc(k.parts, func(p keyPart) bool { return p.kind == kindUser || p.kind == kindSession })
}

// ParseKey reads a key as it stands in a rule: network, user, user-or-network,
// session, apikey, global, header:NAME, form:NAME, query:NAME, or several of
// them joined by a plus sign.
func ParseKey(text string) (Key, error) {
	if len(text) > 256 {
		return Key{}, errors.New("ratelimit: key is longer than 256 bytes")
	}
	var keys []Key
	for word := range strings.SplitSeq(text, "+") {
		kindName, name, named := strings.Cut(word, ":")
		var k Key
		switch kindName {
		case "network":
			k = ByNetwork()
		case "user", "user-or-network": // the same: an anonymous user has only a network
			k = ByUser()
		case "session":
			k = BySession()
		case "apikey":
			k = ByAPIKey()
		case "global":
			k = Global()
		case "header":
			k = ByHeader(name)
		case "form":
			k = ByForm(name)
		case "query":
			k = ByQuery(name)
		default:
			return Key{}, fmt.Errorf("ratelimit: unknown key %q; there are network, user, user-or-network, session, apikey, global, header:NAME, form:NAME and query:NAME", word)
		}
		if named != k.parts[0].kind.named() {
			return Key{}, fmt.Errorf("ratelimit: key %q: only header, form and query take a name, after a colon", word)
		}
		keys = append(keys, k)
	}
	key := By(keys...)
	return key, key.validate()
}

// String returns the key as [ParseKey] reads it.
func (k Key) String() string {
	var words []string
	for _, p := range k.parts {
		word := p.kind.String()
		if p.kind.named() {
			word += ":" + p.name
		}
		words = append(words, word)
	}
	return strings.Join(words, "+")
}

func (k Key) validate() error {
	if len(k.parts) == 0 {
		return errors.New("ratelimit: no key; count by network if in doubt")
	}
	if len(k.parts) > maxParts {
		return fmt.Errorf("ratelimit: key %q has more than %d parts", k, maxParts)
	}
	for i, p := range k.parts {
		if p.kind.named() && !validName(p.name) {
			return fmt.Errorf("ratelimit: key %q: a name is 1 to 64 visible ASCII characters without ; + : and quotes", k)
		}
		if p.kind == kindFunc && p.fn == nil {
			return fmt.Errorf("ratelimit: key %q has no function", k)
		}
		if p.kind == kindGlobal && len(k.parts) > 1 {
			return fmt.Errorf("ratelimit: key %q: global with something else is only the something else", k)
		}
		for _, q := range k.parts[:i] {
			if p.kind == q.kind && p.name == q.name {
				return fmt.Errorf("ratelimit: key %q names the same part twice", k)
			}
		}
	}
	return nil
}

func validName(name string) bool {
	for i := range len(name) {
		if c := name[i]; c <= ' ' || c > '~' || strings.IndexByte(`;+:"`, c) >= 0 {
			return false
		}
	}
	return name != "" && len(name) <= 64
}
