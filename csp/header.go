package csp

import "strings"

// ParseHeader reads the values of a Content-Security-Policy header as a
// browser does, for judging what a site sends: a comma separates policies,
// the first of two directives of one name counts, and what is unknown is kept.
// A fixed nonce stays as it is. The policies may be invalid; [Evaluate] says so.
// Text beyond 64 KiB is ignored.
func ParseHeader(values ...string) []Policy {
	const limit = 64 << 10
	var policies []Policy
	left := limit
	for _, value := range values {
		value = value[:min(left, len(value))]
		left -= len(value)
		for text := range strings.SplitSeq(value, ",") {
			p := Policy{}
			for part := range strings.SplitSeq(text, ";") {
				fields := strings.FieldsFunc(part, isSpace)
				if len(fields) == 0 {
					continue
				}
				d := Directive(lowerASCII(fields[0]))
				if _, twice := p[d]; twice {
					continue
				}
				sources := make([]Source, 0, len(fields)-1)
				for _, f := range fields[1:] {
					if strings.HasPrefix(f, "'") {
						f = string(foldKeyword(Source(f)))
					}
					sources = append(sources, Source(f))
				}
				p[d] = sources
			}
			if len(p) > 0 {
				policies = append(policies, p)
			}
		}
	}
	return policies
}
