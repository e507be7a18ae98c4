package csp

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Policy says for each directive which sources it allows.
//
//	csp.Policy{
//		csp.DefaultSrc: {csp.Self},
//		csp.ScriptSrc:  {csp.NonceSource, csp.StrictDynamic},
//		csp.ImgSrc:     {csp.Self, "data:", "cdn.example.com"},
//	}
//
// A directive that is not named is not sent, and its default applies. An empty
// list allows nothing ('none'); directives without values, such as
// [UpgradeInsecureRequests], have an empty list. A nil list is an error, for
// it could mean either.
//
// The methods of a Policy do not change it.
type Policy map[Directive][]Source

// maxPolicy bounds the text of a policy: net/http servers refuse headers far
// beyond it, and so do proxies.
const maxPolicy = 16 << 10

// Parse reads the text of a policy, or the name of a preset: strict, basic or
// api. It refuses, with all faults joined, what a browser would silently
// ignore: unknown directives and keywords, missing quotes, a directive given
// twice. The nonce is written 'nonce'.
func Parse(text string) (Policy, error) {
	if len(text) > maxPolicy {
		return nil, fmt.Errorf("csp: policy of %d bytes, at most %d are allowed", len(text), maxPolicy)
	}
	if preset, ok := Preset(strings.ToLower(strings.TrimSpace(text))); ok {
		return preset, nil
	}
	if word := strings.TrimSpace(text); word != "" && !strings.ContainsAny(word, "; \t\n\f\r") && lookup(Directive(lowerASCII(word))).kind == unknownKind {
		return nil, fmt.Errorf("csp: %s is neither a policy nor a preset; the presets are strict, strict-hash, basic and api", clip(word))
	}
	p := Policy{}
	var errs []error
	for part := range strings.SplitSeq(text, ";") {
		fields := strings.FieldsFunc(part, isSpace)
		if len(fields) == 0 {
			continue
		}
		d := Directive(lowerASCII(fields[0]))
		if _, twice := p[d]; twice {
			errs = append(errs, fmt.Errorf("csp: directive %s is given twice; browsers use the first only", clip(string(d))))
			continue
		}
		values := make([]Source, 0, len(fields)-1)
		for _, f := range fields[1:] {
			values = append(values, Source(f))
		}
		p[d] = values
	}
	p, err := p.normal()
	if err := errors.Join(append(errs, err)...); err != nil {
		return nil, err
	}
	return p, nil
}

// isSpace holds for ASCII white space (Infra standard). Other control
// characters stay in the value, which is then refused.
func isSpace(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\f' || r == '\r' }

// Validate returns all that is wrong with the policy, joined, or nil.
func (p Policy) Validate() error {
	_, err := p.normal()
	return err
}

// normal returns a deep copy of p with names and keywords in lower case,
// duplicate sources removed and 'none' for empty source lists, or all faults.
func (p Policy) normal() (Policy, error) {
	n := make(Policy, len(p))
	var errs []error
	for _, d := range slices.Sorted(maps.Keys(p)) {
		name := Directive(lowerASCII(string(d)))
		if _, twice := n[name]; twice {
			errs = append(errs, fmt.Errorf("csp: directive %s is given twice", clip(string(name))))
			continue
		}
		values, err := normalValues(name, p[d])
		if err != nil {
			errs = append(errs, err)
		}
		n[name] = values
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if len(n.String()) > maxPolicy {
		return nil, fmt.Errorf("csp: policy of %d bytes, at most %d are allowed", len(n.String()), maxPolicy)
	}
	return n, nil
}

func normalValues(name Directive, values []Source) ([]Source, error) {
	s := lookup(name)
	if s.kind == unknownKind {
		if n := nearest(string(name), directiveNames()); n != "" {
			return nil, fmt.Errorf("csp: unknown directive %s; did you mean %s?", clip(string(name)), n)
		}
		return nil, fmt.Errorf("csp: unknown directive %s", clip(string(name)))
	}
	if values == nil {
		return nil, fmt.Errorf("csp: %s has a nil list; give 'none' to allow nothing, or leave the directive out", name)
	}
	var errs []error
	out := make([]Source, 0, len(values))
	for _, v := range values {
		if strings.HasPrefix(string(v), "'") {
			v = foldKeyword(v)
		}
		err := checkText(v)
		if err == nil {
			err = s.kind.check(v)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("csp: %s: %w", name, err))
		} else if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	if err := s.kind.checkList(out); err != nil {
		errs = append(errs, fmt.Errorf("csp: %s: %w", name, err))
	}
	if len(out) == 0 && len(errs) == 0 && (s.kind == sourceList || s.kind == ancestors) {
		out = append(out, None)
	}
	return out, errors.Join(errs...)
}

// foldKeyword puts a keyword in lower case; the base64 of a hash keeps its case.
func foldKeyword(v Source) Source {
	low := Source(lowerASCII(string(v)))
	if slices.Contains(keywords[:], low) || low == Script || low == AllowDuplicates {
		return low
	}
	if name, digest, ok := strings.Cut(string(v), "-"); ok && strings.HasPrefix(lowerASCII(name), "'sha") {
		return Source(lowerASCII(name) + "-" + digest)
	}
	return v
}

// String returns the policy's text: directives in canonical order, sources in
// the order given, 'nonce' where each response has its nonce. It does not
// validate.
func (p Policy) String() string {
	var b strings.Builder
	for _, d := range p.names() {
		if b.Len() > 0 {
			b.WriteString("; ")
		}
		b.WriteString(string(d))
		for _, v := range p[d] {
			b.WriteByte(' ')
			b.WriteString(string(v))
		}
	}
	return b.String()
}

// names returns the policy's directives in canonical order, unknown ones last.
func (p Policy) names() []Directive {
	names := make([]Directive, 0, len(p))
	for _, s := range table {
		if _, ok := p[s.name]; ok {
			names = append(names, s.name)
		}
	}
	if len(names) < len(p) {
		for _, d := range slices.Sorted(maps.Keys(p)) {
			if lookup(d).kind == unknownKind {
				names = append(names, d)
			}
		}
	}
	return names
}

// Clone returns a deep copy; that of nil is nil.
func (p Policy) Clone() Policy {
	if p == nil {
		return nil
	}
	return p.copy(0)
}

// copy returns a deep copy, never nil, with room for more directives.
func (p Policy) copy(more int) Policy {
	c := make(Policy, len(p)+more)
	for d, values := range p {
		c[d] = slices.Clone(values)
	}
	return c
}

// Update returns p with the sources of more added to those it has. Adding to
// 'none' replaces it.
func (p Policy) Update(more Policy) Policy {
	c := p.copy(len(more))
	for d, values := range more {
		have := c[d]
		if have == nil && values != nil {
			have = []Source{}
		}
		for _, v := range values {
			if !slices.Contains(have, v) {
				have = append(have, v)
			}
		}
		if len(have) > 1 {
			have = slices.DeleteFunc(have, func(s Source) bool { return s == None })
		}
		if have != nil {
			c[d] = have
		}
	}
	return c
}

// Replace returns p with the directives of other in place of its own. A nil
// list removes the directive.
func (p Policy) Replace(other Policy) Policy {
	c := p.copy(len(other))
	for d, values := range other {
		if values == nil {
			delete(c, d)
		} else {
			c[d] = slices.Clone(values)
		}
	}
	return c
}

// UsesNonce reports whether the policy allows blocks by nonce.
func (p Policy) UsesNonce() bool {
	for _, values := range p {
		if slices.Contains(values, NonceSource) {
			return true
		}
	}
	return false
}

// withoutNonce returns the policy for a response that has no nonce. It allows
// no more than the one with: what it does not name any more stays 'none', and
// 'unsafe-inline', which a nonce switches off, goes with the nonce.
func (p Policy) withoutNonce() Policy {
	c := p.Clone()
	for d, values := range c {
		if !slices.Contains(values, NonceSource) {
			continue
		}
		values = slices.DeleteFunc(values, func(s Source) bool { return s == NonceSource || s == UnsafeInline })
		if !slices.ContainsFunc(values, allowsLoads) {
			values = []Source{None}
		}
		c[d] = values
	}
	return c
}

// allowsLoads reports whether s allows anything by itself, rather than
// changing what its neighbours mean.
func allowsLoads(s Source) bool {
	return s != StrictDynamic && s != ReportSample && s != UnsafeHashes
}

func directiveNames() []Directive {
	names := make([]Directive, len(table))
	for i, s := range table {
		names[i] = s.name
	}
	return names
}

// lowerASCII puts A to Z in lower case and leaves every other byte as it is.
func lowerASCII(s string) string {
	for i := range len(s) {
		if c := s[i]; 'A' <= c && c <= 'Z' {
			b := []byte(s)
			for ; i < len(b); i++ {
				if 'A' <= b[i] && b[i] <= 'Z' {
					b[i] += 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return s
}

// clip shows a name that is not ours.
func clip(s string) string {
	if len(s) > 64 {
		s = s[:64] + "…"
	}
	return fmt.Sprintf("%q", s)
}
