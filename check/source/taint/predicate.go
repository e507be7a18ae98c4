package taint

import (
	"go/constant"
	"net/url"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// predicate applies a condition that is a call.
func (g *guards) predicate(call *ssa.Call, holds bool, known facts) {
	common := call.Common()
	fn := common.StaticCallee()
	if fn == nil {
		if holds {
			g.validated(call, 0, known)
		}
		return
	}
	args := common.Args
	for _, a := range args {
		if isChar(a.Type()) { // asked about a character: see character
			if k := g.key(a); k != "" {
				known[k] |= all
			}
		}
	}
	switch name := qualified(fn); name {
	case "strings.HasPrefix":
		g.prefix(call, holds, known)
	case "strings.Contains", "strings.ContainsAny", "strings.ContainsRune":
		if !holds {
			g.lacks(args[0], args[1], known)
		} else if s, ok := stringOf(args[0]); ok && s != "" && name == "strings.Contains" {
			g.mark(args[1], all, known)
		}
	case "strings.EqualFold":
		if holds {
			g.equal(args[0], args[1], known)
			g.equal(args[1], args[0], known)
		}
	case "strings.HasSuffix":
		if holds {
			g.suffix(args[0], args[1], known)
		}
	case "slices.Contains", "slices.ContainsFunc":
		if holds {
			g.mark(args[1], all, known)
			g.host(args[1], known)
		}
	case "path/filepath.IsLocal", "io/fs.ValidPath":
		if holds {
			g.mark(args[0], Path|ZipSlip, known)
		}
	case "path/filepath.IsAbs", "path.IsAbs":
	case "(*regexp.Regexp).MatchString", "(*regexp.Regexp).Match":
		g.matched(args[0], args[1], holds, known)
	case "regexp.MatchString":
		if s, ok := stringOf(args[0]); ok {
			g.probe(s, args[1], holds, known)
		}
	default:
		if holds {
			g.validated(call, 0, known)
		} else if dangerous.MatchString(fn.Name()) {
			for _, a := range args {
				if isText(a.Type()) {
					g.mark(a, all, known)
				}
			}
		}
	}
}

// dangerous are the names of functions of unknown body that say that their
// argument is not fine.
var dangerous = regexp.MustCompile(`^(?i:is_?(invalid|unsafe|malicious|forbidden|blocked|private|internal|disallowed|evil|loopback)|has(bad|evil|invalid|unsafe)|contains(bad|evil|invalid|unsafe|dangerous|special|traversal))`)

// stringOf returns the value of a string constant.
func stringOf(v ssa.Value) (string, bool) {
	if c, ok := v.(*ssa.Const); ok && c.Value != nil {
		switch c.Value.Kind() {
		case constant.String:
			return constant.StringVal(c.Value), true
		case constant.Int:
			if r, ok := constant.Int64Val(c.Value); ok && r > 0 && r < 0x10ffff {
				return string(rune(r)), true
			}
		}
	}
	return "", false
}

// prefix says that x begins with p, or does not.
func (g *guards) prefix(call *ssa.Call, holds bool, known facts) {
	x := call.Common().Args[0]
	s, constant := stringOf(call.Common().Args[1])
	switch {
	case holds && !constant:
		// A root: only a path that was cleaned before stays below it.
		g.mark(x, Path|ZipSlip|SSRF|Redirect, known)
	case holds:
		g.mark(x, urlHead(s), known)
		if len(s) > 1 && s[0] == '/' && isClean(x) {
			g.mark(x, Path|ZipSlip, known)
		}
		if s == "/" {
			g.begins(x, call, known)
		}
	case s == "//":
		known[noSlash+g.key(x)] |= Redirect
	case s == `/\`:
		known[noBackslash+g.key(x)] |= Redirect
	case s == ".." || s == "../":
		g.mark(x, Path|ZipSlip, known)
	}
}

// isClean reports whether a path is the result of a function that removes
// dots.
func isClean(v ssa.Value) bool {
	if e, ok := v.(*ssa.Extract); ok {
		v = e.Tuple
	}
	call, ok := v.(*ssa.Call)
	if !ok || call.Common().StaticCallee() == nil {
		return false
	}
	switch qualified(call.Common().StaticCallee()) {
	case "path/filepath.Clean", "path.Clean", "path/filepath.Join", "path.Join", "path/filepath.Abs", "path/filepath.EvalSymlinks":
		return true
	}
	return false
}

// urlHead returns what a constant beginning settles for a URL: where it leads
// if it names a host and ends it.
func urlHead(s string) Kind {
	rest := s
	if _, after, ok := strings.Cut(s, "://"); ok {
		rest = after
	} else if after, ok := strings.CutPrefix(s, "//"); ok {
		rest = after
	} else {
		if len(s) > 1 && s[0] == '/' && s[1] != '/' && s[1] != '\\' || strings.HasPrefix(s, "?") || strings.HasPrefix(s, "#") {
			return Redirect | SSRF
		}
		return 0
	}
	if i := strings.IndexAny(rest, "/?#"); i > 0 {
		if u, err := url.Parse(s); err == nil && u.Host != "" {
			return Redirect | SSRF
		}
	}
	return 0
}

// lacks says that x does not contain p.
func (g *guards) lacks(x, p ssa.Value, known facts) {
	s, ok := stringOf(p)
	if !ok {
		return
	}
	kinds := needed(s)
	switch s {
	case "//":
		known[noSlash+g.key(x)] |= Redirect
	case `\`:
		known[noBackslash+g.key(x)] |= Redirect
	}
	if kinds != 0 {
		g.mark(x, kinds, known)
	}
}

// suffix says that x ends in p: a host below a domain.
func (g *guards) suffix(x, p ssa.Value, known facts) {
	s, ok := stringOf(p)
	if !ok || strings.HasPrefix(s, ".") && strings.Count(s, ".") > 1 {
		g.host(x, known)
	}
}

// matched says that a compiled expression matches x.
func (g *guards) matched(re, x ssa.Value, holds bool, known facts) {
	if s, ok := g.f.expression(re); ok {
		g.probe(s, x, holds, known)
		return
	}
	if holds { // an expression made elsewhere to validate
		g.mark(x, all&^(Regexp|Allocation), known)
	}
}

// expression returns the constant expression that a value was compiled from.
func (f *frame) expression(re ssa.Value) (string, bool) {
	switch v := re.(type) {
	case *ssa.UnOp:
		switch x := v.X.(type) {
		case *ssa.Global:
			expr, ok := f.anchors[x]
			return expr, ok
		case *ssa.Alloc:
			if only := soleStore(x); only != nil {
				return f.expression(only)
			}
		}
	case *ssa.Extract:
		return f.expression(v.Tuple)
	case *ssa.Call:
		return compiled(v)
	}
	return "", false
}

// tame reports whether all that an expression matches is letters, digits and
// what it spells out itself.
func tame(expr string) bool {
	re, err := syntax.Parse(expr, syntax.Perl)
	return err == nil && len(expr) <= 1000 && tameNode(re)
}

func tameNode(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return false
	case syntax.OpCharClass:
		for i := 0; i+1 < len(re.Rune); i += 2 {
			from, to := re.Rune[i], re.Rune[i+1]
			if !slices.ContainsFunc([]string{"09", "AZ", "az", "__", "--"}, func(class string) bool {
				return from >= rune(class[0]) && to <= rune(class[1])
			}) {
				return false
			}
		}
	}
	return !slices.ContainsFunc(re.Sub, func(sub *syntax.Regexp) bool { return !tameNode(sub) })
}

// compiled returns the constant expression that a call compiles.
func compiled(call *ssa.Call) (string, bool) {
	fn := call.Common().StaticCallee()
	if fn == nil || len(call.Common().Args) == 0 {
		return "", false
	}
	switch qualified(fn) {
	case "regexp.MustCompile", "regexp.Compile", "regexp.MustCompilePOSIX":
		return stringOf(call.Common().Args[0])
	}
	return "", false
}

// patterns finds the constant expressions that package variables hold.
func patterns(pkg *ssa.Package) map[*ssa.Global]string {
	out := map[*ssa.Global]string{}
	init := pkg.Func("init")
	if init == nil {
		return out
	}
	for _, b := range init.Blocks {
		for _, instr := range b.Instrs {
			store, ok := instr.(*ssa.Store)
			if !ok {
				continue
			}
			global, ok := store.Addr.(*ssa.Global)
			if !ok {
				continue
			}
			v := store.Val
			if e, ok := v.(*ssa.Extract); ok {
				v = e.Tuple
			}
			if call, ok := v.(*ssa.Call); ok {
				if s, ok := compiled(call); ok {
					out[global] = s
				}
			}
		}
	}
	return out
}

// probes are attacks of each kind: an expression that matches none of them
// validates, one that matches all of them and is used to refuse does so too.
var probes = map[Kind][]string{
	SQL:            {"x' OR '1'='1", "1 OR 1=1", "1; DROP TABLE users", "x'--", "id, (SELECT 1)"},
	NoSQL:          {"'; return true; var x='", "{$gt: ''}"},
	Command:        {"x; id", "$(id)", "x`id`", "x|id", "-oProxyCommand=id", "x && id"},
	Path:           {"../../etc/passwd", "/etc/passwd", "a/../../b", "..", `..\..\x`},
	ZipSlip:        {"../../etc/passwd", "/etc/passwd", "a/../../b", ".."},
	SSRF:           {"http://169.254.169.254/", "//169.254.169.254/", "http://localhost:6379/", "127.0.0.1"},
	Redirect:       {"//evil.example", "https://evil.example/", `/\evil.example`, "javascript:alert(1)"},
	XSS:            {"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", `"><svg onload=alert(1)>`},
	TemplateHTML:   {"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "javascript:alert(1)"},
	TemplateSource: {"{{.Secret}}", "{{ printf }}"},
	Log:            {"a\nb", "a\r\nb"},
	Header:         {"a\r\nSet-Cookie: x=y", "a\nb"},
	Mail:           {"a\r\nBcc: x@example.com", "a\nb"},
	Regexp:         {"(a+)+$", ".*", "[a-z"},
	LDAP:           {"*)(uid=*", "*"},
	XPath:          {"' or '1'='1", "1 or 1=1"},
	CSV:            {"=cmd|' /C calc'!A0", "+1", "@x"},
}

// probe tries an expression on the attacks of each kind.
func (g *guards) probe(expr string, x ssa.Value, holds bool, known facts) {
	if len(expr) > 1000 {
		return
	}
	re, err := regexp.Compile(expr)
	if err != nil {
		return
	}
	allowed := all
	if holds {
		allowed = anchored(expr)
	}
	var kinds Kind
	for kind, attacks := range probes {
		passes := 0
		for _, attack := range attacks {
			if re.MatchString(attack) == holds {
				passes++
			}
		}
		if passes == 0 {
			kinds |= kind
		}
	}
	if kinds &= allowed; kinds != 0 {
		g.mark(x, kinds, known)
		if kinds&(SSRF|Redirect) != 0 {
			g.host(x, known)
		}
	}
}

// anchored returns the kinds that matching an expression can settle: none if
// it may match in the middle of a text, and only where a URL leads if it says
// nothing of the end.
func anchored(expr string) Kind {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil || !edged(re, syntax.OpBeginText, syntax.OpBeginLine, 0) {
		return 0
	}
	if edged(re, syntax.OpEndText, syntax.OpEndLine, -1) {
		return all
	}
	if openHost.MatchString(expr) {
		return 0
	}
	return SSRF | Redirect
}

// openHost recognises expressions that end in a host, which may go on.
var openHost = regexp.MustCompile(`^\^(\(\?:)?[a-z]+s?\??\)?:\\?/\\?/[^/$?#]*$`)

// edged reports whether all that an expression matches begins, or ends, at an
// edge of the text.
func edged(re *syntax.Regexp, text, line syntax.Op, at int) bool {
	switch re.Op {
	case text, line:
		return true
	case syntax.OpCapture:
		return edged(re.Sub[0], text, line, at)
	case syntax.OpAlternate:
		return !slices.ContainsFunc(re.Sub, func(sub *syntax.Regexp) bool { return !edged(sub, text, line, at) })
	case syntax.OpConcat:
		if at < 0 {
			at = len(re.Sub) - 1
			return edged(re.Sub[at], text, line, -1)
		}
		return edged(re.Sub[0], text, line, 0)
	}
	return false
}

// replaced returns the kinds that replacing what an expression matches by a
// constant makes harmless.
func replaced(expr, by string) Kind {
	re, err := regexp.Compile(expr)
	if err != nil || len(expr) > 1000 {
		return 0
	}
	var kinds Kind
	for kind, attacks := range probes {
		harmless := true
		for _, attack := range attacks {
			if got := re.ReplaceAllString(attack, by); harmful(kind, got) {
				harmless = false
			}
		}
		if harmless {
			kinds |= kind
		}
	}
	return kinds
}

// harmful reports whether text still holds what attacks of the kind need.
func harmful(kind Kind, text string) bool {
	switch kind {
	case SQL, NoSQL, XPath:
		return strings.ContainsAny(text, `'";(= `)
	case Command:
		return strings.ContainsAny(text, ";$`|& ") || strings.HasPrefix(text, "-")
	case Path, ZipSlip:
		return strings.Contains(text, "..") || strings.ContainsAny(text, `/\`)
	case SSRF, Redirect:
		return strings.ContainsAny(text, `/:.\`)
	case XSS, TemplateHTML:
		return strings.ContainsAny(text, `<">:`)
	case Log, Header, Mail:
		return strings.ContainsAny(text, "\r\n")
	case TemplateSource:
		return strings.Contains(text, "{{")
	case LDAP, Regexp:
		return strings.ContainsAny(text, "*()[]+")
	}
	return strings.ContainsAny(text, "=+@-")
}
