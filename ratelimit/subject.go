package ratelimit

import (
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/merlon-go/merlon/internal/request"
)

// maxValue bounds a value that a client chose, in bytes.
const maxValue = 8 << 10

// A subject is whom a request counts for under one rule.
type subject struct {
	values [maxParts]value
	n      int
}

// A value is one part of a subject: a text, or for networks and absent values a
// network in its 16-byte form.
type value struct {
	kind    kind
	text    string
	network [16]byte
}

// A fault is why no subject can be found: the request is refused.
type fault struct {
	status         int
	reason, detail string
}

var (
	faultClient   = &fault{http.StatusServiceUnavailable, "client-unknown", "the client has no address; if a proxy is in front, name it in TRUSTED_PROXIES"}
	faultRepeated = &fault{http.StatusBadRequest, "key-repeated", "a value that a rule counts by was sent more than once, and differently"}
	faultLong     = &fault{http.StatusBadRequest, "key-too-long", "a value that a rule counts by is longer than 8 KiB"}
	faultForm     = &fault{http.StatusRequestEntityTooLarge, "form-too-large", "a body with a field that a rule counts by is longer than Config.MaxForm"}
)

// A reader reads the values of one request, each source at most once.
type reader struct {
	r      *http.Request
	client netip.Addr
	asked  bool // for client
	form   form
	query  url.Values
}

// subject finds whom r counts for under rule.
func (e *engine) subject(s *subject, rule *rule, in *reader) *fault {
	s.n = len(rule.Key.parts)
	for i := range rule.Key.parts {
		if fault := e.value(&s.values[i], &rule.Key.parts[i], rule, in); fault != nil {
			return fault
		}
	}
	return nil
}

func (e *engine) value(v *value, p *keyPart, rule *rule, in *reader) *fault {
	*v = value{kind: p.kind}
	var fault *fault
	switch p.kind {
	case kindGlobal:
		return nil
	case kindNetwork:
		return e.network(v, in)
	case kindUser:
		v.text = e.user(in.r)
	case kindSession:
		v.text = e.session(in.r)
	case kindAPIKey:
		v.text = e.apiKey(in.r)
	case kindFunc:
		v.text = p.fn(in.r)
	case kindHeader:
		v.text, fault = one(in.r.Header[p.name])
	case kindQuery:
		v.text, fault = one(in.queryValues(nil, p.name))
	case kindForm:
		var array [4]string
		found := in.form.find(array[:0], in.r, p.name, e.maxForm)
		if in.form.tooLarge {
			fault = faultForm
		} else {
			v.text, fault = one(in.queryValues(found, p.name))
		}
	}
	if fault != nil && !rule.Report {
		return fault
	}
	if fault != nil || v.text == "" {
		v.kind, v.text = p.kind|kindAbsent, ""
		return e.network(v, in)
	}
	return nil
}

// network sets the network of v to that of the client.
func (e *engine) network(v *value, in *reader) *fault {
	if !in.asked {
		in.client, in.asked = request.Client(in.r), true
	}
	if !in.client.IsValid() {
		return faultClient
	}
	v.network = e.mask(in.client)
	return nil
}

// mask returns the network that counts as one client. The prefixes of the two
// families cannot meet: an IPv4 address keeps its ::ffff: form.
func (e *engine) mask(a netip.Addr) [16]byte {
	a = a.Unmap()
	bytes := a.As16()
	keep := e.ipv6
	if a.Is4() {
		keep = 96 + e.ipv4
	}
	if keep == 64 { // nearly always
		binary.BigEndian.PutUint64(bytes[8:], 0)
		return bytes
	}
	for i := range bytes {
		if bit := 8 * i; bit >= keep {
			bytes[i] = 0
		} else if bit+8 > keep {
			bytes[i] &= 0xFF << (bit + 8 - keep)
		}
	}
	return bytes
}

func (in *reader) queryValues(found []string, name string) []string {
	if in.r.URL.RawQuery == "" {
		return found
	}
	if in.query == nil {
		in.query, _ = url.ParseQuery(in.r.URL.RawQuery)
	}
	return append(found, in.query[name]...)
}

// one returns the only value of a name, folded: what is in front and what is
// behind may disagree about which of several counts.
func one(values []string) (string, *fault) {
	text := ""
	for i, v := range values {
		if len(v) > maxValue {
			return "", faultLong
		}
		v = fold(v)
		if i > 0 && v != text {
			return "", faultRepeated
		}
		text = v
	}
	return text, nil
}

// fold maps spellings of one value to one: limits count too many together
// rather than let "Ann@" and "ann@ " have a limit each.
func fold(text string) string { return strings.ToLower(strings.TrimSpace(text)) }

// texts makes a subject of values given by a program.
func (e *engine) texts(s *subject, rule *rule, key []string) error {
	parts := rule.Key.parts
	if parts[0].kind == kindGlobal {
		parts = nil
	}
	if len(key) != len(parts) {
		return fmt.Errorf("ratelimit: rule %q counts by %s: %d values, not %d", rule.Name, rule.Key, len(parts), len(key))
	}
	s.n = len(rule.Key.parts)
	s.values[0].kind = kindGlobal
	for i, p := range parts {
		s.values[i] = value{kind: p.kind, text: key[i]}
		switch p.kind {
		case kindNetwork:
			addr, err := netip.ParseAddr(key[i])
			if err != nil {
				return fmt.Errorf("ratelimit: rule %q counts by network: the value is not an address", rule.Name)
			}
			s.values[i].text, s.values[i].network = "", e.mask(addr)
		case kindHeader, kindForm, kindQuery:
			s.values[i].text = fold(key[i])
		}
		if s.values[i].text == "" && p.kind != kindNetwork {
			return fmt.Errorf("ratelimit: rule %q: empty value", rule.Name)
		}
	}
	return nil
}

// hash returns the place of a subject in memory. Seeds are random, one for each
// part of each rule and for its absence: collisions cannot be computed, and
// equal values of different kinds have nothing in common.
func (s *subject) hash(rule *rule) uint64 {
	if s.n == 1 {
		return mark(s.values[0].hash(&rule.seeds[0]))
	}
	var folded [8 * maxParts]byte
	for i := range s.n {
		binary.LittleEndian.PutUint64(folded[8*i:], s.values[i].hash(&rule.seeds[i]))
	}
	return mark(maphash.Bytes(rule.whole, folded[:]))
}

func (v *value) hash(seeds *[2]maphash.Seed) uint64 {
	switch {
	case v.kind&kindAbsent != 0:
		return maphash.Bytes(seeds[1], v.network[:])
	case v.kind == kindNetwork:
		return maphash.Bytes(seeds[0], v.network[:])
	}
	return maphash.String(seeds[0], v.text)
}

// material appends what identifies a subject on every node: the rule's name
// and the values, each with its kind and length.
func (s *subject) material(b []byte, rule *rule) []byte {
	b = append(b, byte(len(rule.Name)))
	b = append(b, rule.Name...)
	for i := range s.n {
		v := &s.values[i]
		b = append(b, byte(v.kind))
		if v.kind&kindAbsent != 0 || v.kind == kindNetwork {
			b = append(b, v.network[:]...)
			continue
		}
		b = binary.AppendUvarint(b, uint64(len(v.text)))
		b = append(b, v.text...)
	}
	return b
}
