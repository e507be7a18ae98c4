package taint

import (
	"go/types"
	"regexp"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// Requests carry credentials in places whose names do not say so.

// nameCredential marks the parts of a call's result that are credentials.
func (f *frame) nameCredential(s *site) {
	if s.callee == nil || s.callee.Pkg() == nil || s.result == nil {
		return
	}
	switch s.callee.Pkg().Path() {
	case "net/http":
		switch s.callee.FullName() {
		case "(*net/http.Request).BasicAuth":
			f.secret(f.field(f.object(s.result), "1"), s, "password of a request")
		case "(net/http.Header).Get", "(net/http.Header).Values":
			if key, ok := stringOf(s.args[1]); ok && credentialHeader.MatchString(key) {
				f.secret(s.result, s, key)
			}
		case "(*net/http.Request).Cookie":
			if key, ok := stringOf(s.args[1]); ok && credentialCookie.MatchString(key) {
				cookie := f.field(f.object(s.result), "0")
				f.secret(f.field(f.object(cookie), "Value"), s, "cookie "+key)
			}
		}
	case "net/http/httputil":
		if strings.HasPrefix(s.callee.Name(), "DumpRequest") {
			f.secret(f.field(f.object(s.result), "0"), s, "headers of a request")
		}
	}
}

var (
	credentialHeader = regexp.MustCompile(`(?i)^(proxy-)?authorization$|^(set-)?cookie$|^x-(api|auth|access)-?(key|token)$|^x-amz-security-token$`)
	credentialCookie = regexp.MustCompile(`(?i)sess|token|jwt|auth|^sid$|remember`)
)

func (f *frame) secret(c *cell, s *site, name string) {
	l := secretLabel(s.pos(), name)
	l.kinds = SecretLog
	f.add(c, set{l}, all)
}

// carried returns the labels of credentials in what a logging call is given
// whole: the headers of a request, or the request itself.
func (f *frame) carried(s *site, a ssa.Value) set {
	for n, v := range append([]ssa.Value{a}, operands(a)...) {
		v = peel(v)
		if name := f.wholeRecord(v); name != "" && printsWhole(s, n-1) {
			l := secretLabel(s.pos(), name)
			l.kinds = SecretLog
			return set{l}
		}
		switch t := types.Unalias(v.Type()); {
		case eachHeader(v),
			typeName(t) == "net/http.Header", typeName(t) == "net/http.Request" && f.cell(v) != nil:
			l := secretLabel(s.pos(), "headers of a request")
			l.kinds = SecretLog
			return set{l}
		}
	}
	return nil
}
