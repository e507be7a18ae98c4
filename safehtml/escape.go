package safehtml

import (
	"fmt"
	"html/template"
	"net/url"
	"reflect"
	"strconv"
	"strings"

	"github.com/merlon-go/merlon/safehtml/unsafehtml"
)

// plain takes html/template's own unescaped types their privilege and gives it
// to those of package unsafehtml instead.
func plain(v any) any {
	switch v := indirect(v).(type) {
	case string:
		return v
	case template.HTML, template.HTMLAttr, template.JS, template.JSStr, template.CSS, template.URL, template.Srcset:
		return reflect.ValueOf(v).String()
	case unsafehtml.HTML:
		return template.HTML(v)
	case unsafehtml.Attr:
		return template.HTMLAttr(v)
	case unsafehtml.JS:
		return template.JS(v)
	case unsafehtml.CSS:
		return template.CSS(v)
	case unsafehtml.URL:
		return template.URL(v)
	case unsafehtml.Srcset:
		return template.Srcset(v)
	}
	return v
}

// htmlText is the value of an action in an element's content.
func htmlText(v any) string {
	if markup, ok := indirect(v).(unsafehtml.HTML); ok {
		return string(markup)
	}
	return escape(text(v))
}

// plainText is the value of an action in a quoted attribute, a title or a
// textarea, where no markup has a meaning.
func plainText(v any) string { return escape(text(v)) }

// filterURL is the value of an action at the start of a URL attribute. What
// follows in the pipeline encodes it.
func filterURL(v any) string {
	if address, ok := indirect(v).(unsafehtml.URL); ok {
		return string(address)
	}
	return URL(text(v))
}

// text returns v as html/template would print it: nothing for nil, the method
// String or Error where there is one, behind pointers too.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case fmt.Stringer, error:
		if r := reflect.ValueOf(v); r.Kind() == reflect.Pointer && r.IsNil() {
			return ""
		}
		return fmt.Sprint(v)
	}
	r := reflect.ValueOf(v)
	if r.Kind() == reflect.String {
		return r.String()
	}
	if r.Kind() == reflect.Pointer {
		if r.IsNil() {
			return ""
		}
		return text(r.Elem().Interface())
	}
	return fmt.Sprint(v)
}

// indirect follows pointers, as html/template does before it looks at a type.
func indirect(v any) any {
	switch v.(type) {
	case nil, string, int, bool, unsafehtml.HTML:
		return v
	}
	r := reflect.ValueOf(v)
	if r.Kind() != reflect.Pointer {
		return v
	}
	for r.Kind() == reflect.Pointer && !r.IsNil() {
		r = r.Elem()
	}
	if r.Kind() == reflect.Pointer || r.Kind() != reflect.String {
		return v
	}
	return r.Interface()
}

// escape writes text so that it means itself in content and in quoted
// attributes. The plus sign is escaped because some old readers take +ADw- for
// "<"; NUL is not allowed in HTML and becomes U+FFFD.
func escape(text string) string {
	at := strings.IndexAny(text, special)
	if at < 0 {
		return text
	}
	var b strings.Builder
	b.Grow(len(text) + 16)
	start := 0
	for i := at; i < len(text); i++ {
		entity := entities[text[i]]
		if entity == "" {
			continue
		}
		b.WriteString(text[start:i])
		b.WriteString(entity)
		start = i + 1
	}
	b.WriteString(text[start:])
	return b.String()
}

const special = "\x00\"&'+<>"

// entities is indexed by byte: all bytes of a longer rune are above the keys.
var entities = [256]string{
	0: "\uFFFD", '"': "&#34;", '&': "&amp;", '\'': "&#39;", '+': "&#43;", '<': "&lt;", '>': "&gt;",
}

// maxURL bounds what is parsed as a URL, in bytes.
const maxURL = 8 << 10

// blockedURL stands for an address that was refused. It leads nowhere.
const blockedURL = "#"

// URL returns address if it is safe to offer as a link and "#" if not. Safe
// are absolute http and https URLs without user information, mailto and tel
// addresses, and references within this site. Not safe are other schemes
// (javascript:, data:), references that change the host without saying so
// (//evil.example, /\evil.example), and text with control characters or
// surrounding white space, which browsers drop before they parse. Templates
// apply it to every URL attribute by themselves.
func URL(address string) string {
	if local, ok := localReference(address); ok {
		return local
	}
	scheme, rest, found := strings.Cut(address, ":")
	if !found || !printable(address) {
		return blockedURL
	}
	switch strings.ToLower(scheme) {
	case "http", "https":
		u, err := url.Parse(address)
		if err != nil || u.Host == "" || u.User != nil || strings.Contains(address, `\`) {
			return blockedURL
		}
		return address
	case "mailto", "tel":
		if rest == "" {
			return blockedURL
		}
		return address
	}
	return blockedURL
}

// LocalURL returns address if it is a reference within this site (a path, a
// query or a fragment) and "#" if not.
func LocalURL(address string) string {
	if local, ok := localReference(address); ok {
		return local
	}
	return blockedURL
}

func localReference(address string) (string, bool) {
	if !printable(address) {
		return "", false
	}
	if address == "" {
		return "", true
	}
	if strings.HasPrefix(address, "//") || strings.Contains(address, `\`) {
		return "", false
	}
	// A colon before the first slash, question mark or hash ends a scheme.
	if i := strings.IndexAny(address, ":/?#"); i >= 0 && address[i] == ':' {
		return "", false
	}
	return address, true
}

// printable reports whether address is short enough to look at, holds no
// control character and no surrounding white space.
func printable(address string) bool {
	if len(address) > maxURL || strings.TrimSpace(address) != address {
		return false
	}
	for i := range len(address) {
		if address[i] < ' ' || address[i] == 0x7f {
			return false
		}
	}
	return true
}

func itoa(n int) string { return strconv.Itoa(n) }
