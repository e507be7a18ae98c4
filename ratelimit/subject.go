package ratelimit

import (
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"math"
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
// network.
type value struct {
	kind    kind
	text    string
	network network
}

// A network is the two halves of its first address, or the bits of an address
// that make one. An IPv4 address is in its ::ffff: form, so that the two
// families cannot meet.
type network struct{ high, low uint64 }

func (n network) append(b []byte) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(b, n.high), n.low)
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
	info   *request.Info // nil if r has none
	client netip.Addr
	asked  bool // for client
	form   *form
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
		v.text, fault = e.one(in.r.Header[p.name])
	case kindQuery:
		v.text, fault = e.one(in.queryValues(nil, p.name))
	case kindForm:
		v.text, fault = e.formValue(in, p.name)
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
		in.asked = true
		if in.info != nil {
			in.client = in.info.Client
		}
		if !in.client.IsValid() {
			in.client = request.Peer(in.r)
		}
	}
	if !in.client.IsValid() {
		return faultClient
	}
	v.network = e.mask(in.client)
	return nil
}

// networkMask returns the mask of so many bits.
func networkMask(n int) network {
	const all = math.MaxUint64
	return network{all << max(64-n, 0), all << (128 - max(n, 64))} // a shift by 64 gives 0
}

// mask returns the network that counts as one client.
func (e *engine) mask(a netip.Addr) network {
	if a = a.Unmap(); a.Is4() {
		b := a.As4()
		return network{0, (0xFFFF<<32 | uint64(binary.BigEndian.Uint32(b[:]))) & e.ipv4.low}
	}
	b := a.As16()
	return network{binary.BigEndian.Uint64(b[:8]) & e.ipv6.high, binary.BigEndian.Uint64(b[8:]) & e.ipv6.low}
}

// formValue returns the value of a form's field.
func (e *engine) formValue(in *reader, name string) (string, *fault) {
	if in.form == nil {
		in.form = new(form)
	}
	var array [4]string
	found := in.form.find(array[:0], in.r, name, e.maxForm)
	if in.form.tooLarge {
		return "", faultForm
	}
	return e.one(in.queryValues(found, name))
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

// one returns the only value of a name, in its one spelling: what is in front and
// what is behind may disagree about which of several counts.
func (e *engine) one(values []string) (string, *fault) {
	text := ""
	for i, v := range values {
		if len(v) > maxValue {
			return "", faultLong
		}
		v = e.Normalize(v)
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
			s.values[i].text = e.Normalize(key[i])
		}
		if s.values[i].text == "" && p.kind != kindNetwork {
			return fmt.Errorf("ratelimit: rule %q: empty value", rule.Name)
		}
	}
	return nil
}

// place returns the place in memory of whom in's request counts for.
func (e *engine) place(rule *rule, in *reader) (uint64, *fault) {
	if parts := rule.Key.parts; len(parts) == 1 {
		var v value
		fault := e.value(&v, &parts[0], rule, in)
		return v.place(rule), fault
	}
	var s subject
	fault := e.subject(&s, rule, in)
	return s.place(rule), fault
}

// place returns the place of a subject in memory. Seeds are random, one for
// each part of each rule and for its absence: collisions cannot be computed,
// and equal values of different kinds have nothing in common.
func (s *subject) place(rule *rule) uint64 {
	if s.n == 1 {
		return s.values[0].place(rule)
	}
	var folded [8 * maxParts]byte
	for i := range s.n {
		binary.LittleEndian.PutUint64(folded[8*i:], s.values[i].hash(&rule.seeds[i]))
	}
	return mark(maphash.Bytes(rule.whole, folded[:]))
}

// place is the place of a subject that is v alone.
func (v *value) place(rule *rule) uint64 { return mark(v.hash(&rule.seeds[0])) }

func (v *value) hash(seeds *[2]maphash.Seed) uint64 {
	switch {
	case v.kind&kindAbsent != 0:
		return v.network.hash(seeds[1])
	case v.kind == kindNetwork:
		return v.network.hash(seeds[0])
	}
	return maphash.String(seeds[0], v.text)
}

func (n network) hash(seed maphash.Seed) uint64 {
	var array [16]byte
	if n.high == 0 { // as in IPv4; texts of different lengths are different
		binary.LittleEndian.PutUint64(array[:], n.low)
		return maphash.Bytes(seed, array[:8])
	}
	return maphash.Bytes(seed, n.append(array[:0]))
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
			b = v.network.append(b)
			continue
		}
		b = binary.AppendUvarint(b, uint64(len(v.text)))
		b = append(b, v.text...)
	}
	return b
}
