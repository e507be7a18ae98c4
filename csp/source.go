package csp

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// A Source is one value of a directive: a source expression such as
// "https://cdn.example.com" or [Self], or for other directives a word, a path,
// or a name.
type Source string

// The keywords of source lists. NonceSource stands for the nonce of each
// response: it is written 'nonce' and sent as 'nonce-…'.
const (
	None                   Source = "'none'"
	Self                   Source = "'self'"
	NonceSource            Source = "'nonce'"
	StrictDynamic          Source = "'strict-dynamic'"
	ReportSample           Source = "'report-sample'"
	UnsafeInline           Source = "'unsafe-inline'"
	UnsafeEval             Source = "'unsafe-eval'"
	UnsafeHashes           Source = "'unsafe-hashes'"
	WasmUnsafeEval         Source = "'wasm-unsafe-eval'"
	TrustedTypesEval       Source = "'trusted-types-eval'"
	InlineSpeculationRules Source = "'inline-speculation-rules'"
	ReportSHA256           Source = "'report-sha256'"
	ReportSHA384           Source = "'report-sha384'"
	ReportSHA512           Source = "'report-sha512'"
	UnsafeAllowRedirects   Source = "'unsafe-allow-redirects'" // deprecated
)

// Values of other directives.
const (
	Script          Source = "'script'"           // of require-trusted-types-for
	AllowDuplicates Source = "'allow-duplicates'" // of trusted-types
)

var keywords = [...]Source{
	None, Self, NonceSource, StrictDynamic, ReportSample, UnsafeInline, UnsafeEval, UnsafeHashes, WasmUnsafeEval,
	TrustedTypesEval, InlineSpeculationRules, ReportSHA256, ReportSHA384, ReportSHA512, UnsafeAllowRedirects,
}

// Hash returns the source that allows the inline script or style with this
// very text, as in 'sha256-…'.
func Hash(text string) Source {
	sum := sha256.Sum256([]byte(text))
	return Source("'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'")
}

// maxSource bounds one value.
const maxSource = 2048

// checkText refuses what could end a value, a directive or the header: it
// applies to values of every kind.
func checkText(s Source) error {
	if s == "" {
		return errors.New("empty value")
	}
	if len(s) > maxSource {
		return fmt.Errorf("value of %d bytes, at most %d are allowed", len(s), maxSource)
	}
	for _, c := range []byte(s) {
		switch {
		case c == ';' || c == ',':
			return fmt.Errorf("%q contains %q, which ends a directive or policy; write it as %%%02X", s, c, c)
		case c == ' ' || '\t' <= c && c <= '\r':
			return fmt.Errorf("%q contains white space; give each source as a value of its own", s)
		case c < 0x20 || c == 0x7f:
			return fmt.Errorf("%q contains a control character", s)
		case c >= 0x80:
			return fmt.Errorf("%q is not ASCII; write host names in their xn-- form and paths percent-encoded", s)
		}
	}
	return nil
}

// checkSource judges a source expression (CSP 3 section 2.3.1).
func checkSource(s Source) error {
	text := string(s)
	if strings.HasPrefix(text, "'") || strings.HasSuffix(text, "'") {
		return checkQuoted(s)
	}
	for _, k := range keywords {
		if strings.EqualFold(text, strings.Trim(string(k), "'")) {
			return fmt.Errorf("%q needs quotes: %s", text, k)
		}
	}
	for _, prefix := range []string{"nonce-", "sha256-", "sha384-", "sha512-"} {
		if strings.HasPrefix(text, prefix) {
			return fmt.Errorf("%q needs quotes: '%s'", text, text)
		}
	}
	if text == "*" {
		return nil
	}
	if scheme, ok := strings.CutSuffix(text, ":"); ok && isScheme(scheme) {
		return nil
	}
	return checkHost(text)
}

func checkQuoted(s Source) error {
	for _, k := range keywords {
		if s == k {
			return nil
		}
	}
	inner := strings.Trim(string(s), "'")
	if algorithm, digest, ok := strings.Cut(inner, "-"); ok {
		size := map[string]int{"sha256": 32, "sha384": 48, "sha512": 64}[algorithm]
		if size > 0 {
			if n := decodedLen(digest); n != size {
				return fmt.Errorf("%s is not the base64 of %d bytes", s, size)
			}
			return nil
		}
		if algorithm == "nonce" {
			return fmt.Errorf("%s is a fixed nonce, which an attacker can read and reuse; write %s and each response gets its own", s, NonceSource)
		}
	}
	if n := nearest(string(s), keywords[:]); n != "" {
		return fmt.Errorf("unknown keyword %s; did you mean %s?", s, n)
	}
	return fmt.Errorf("unknown keyword %s", s)
}

// decodedLen returns how many bytes base64 text of either alphabet holds, -1
// if it is not base64.
func decodedLen(text string) int {
	text = strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(text), "=")
	b, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return -1
	}
	return len(b)
}

func isScheme(s string) bool {
	for i, c := range []byte(s) {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || !('0' <= c && c <= '9' || c == '+' || c == '-' || c == '.')) {
			return false
		}
	}
	return s != ""
}

// checkHost judges [scheme://]host[:port][/path].
func checkHost(text string) error {
	scheme, host, ok := strings.Cut(text, "://")
	if !ok {
		host = text
	} else if !isScheme(scheme) {
		return fmt.Errorf("%q has no valid scheme", text)
	}
	host, path, _ := strings.Cut(host, "/")
	if strings.ContainsAny(path, "?#") || strings.ContainsAny(host, "?#") {
		return fmt.Errorf("%q has a query or fragment, which no source may have", text)
	}
	host, port, hasPort := strings.Cut(host, ":")
	if hasPort && port != "*" && !isDigits(port) {
		return fmt.Errorf("%q has no valid port", text)
	}
	if host == "*" {
		return nil
	}
	labels := strings.TrimSuffix(strings.TrimPrefix(host, "*."), ".")
	if labels == "" || len(labels) > 253 {
		return fmt.Errorf("%q has no valid host", text)
	}
	for label := range strings.SplitSeq(labels, ".") {
		if !isLabel(label) {
			return fmt.Errorf("%q has no valid host", text)
		}
	}
	return nil
}

func isLabel(s string) bool {
	for _, c := range []byte(s) {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return s != "" && len(s) <= 63
}

func isDigits(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != "" && len(s) <= 5
}
