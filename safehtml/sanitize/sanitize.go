// Package sanitize makes HTML that users wrote fit to be shown to others. It
// serves against stored cross-site scripting (CWE-79; OWASP ASVS 5.0 1.3.1):
// what is not on a short list of elements and attributes is taken out.
//
//	policy, err := sanitize.New(sanitize.Config{AllowLinks: true})
//	comment := policy.HTML(text) // goes into a template as it is
//
// The work is done by github.com/microcosm-cc/bluemonday, which parses as a
// browser does; Django's strip_tags, which does not, is no sanitizer.
//
// It does not judge what is said, nor where links lead beyond their scheme, and
// it is not for whole documents, style sheets or SVG. Sanitise when showing and
// store what was written, so that a better list helps old texts too.
package sanitize

import (
	"fmt"
	"regexp"
	"unicode/utf8"

	"github.com/microcosm-cc/bluemonday"

	"github.com/merlon-go/merlon/safehtml/unsafehtml"
)

// DefaultMaxBytes bounds a text unless Config says otherwise.
const DefaultMaxBytes = 256 << 10

// Config says what users may write. The zero Config allows paragraphs, line
// breaks, emphasis, lists, quotations, headings and code, without attributes.
type Config struct {
	// AllowLinks allows links to http, https and mailto addresses and to paths
	// of this site. They get rel="nofollow noreferrer".
	AllowLinks bool
	// AllowImages allows images of this site (paths, no other host), with alt,
	// width and height.
	AllowImages bool
	// AllowTables allows tables.
	AllowTables bool
	// MaxBytes bounds the text; a longer one is cut before it is parsed. 0
	// means 256 KiB.
	MaxBytes int
}

// Policy is a list of what is allowed. It is immutable and safe for concurrent use.
type Policy struct {
	allowed *bluemonday.Policy
	none    *bluemonday.Policy
	max     int
}

// localPath matches a path of this site: one slash, then no slash or backslash;
// address also matches absolute addresses of the schemes that are allowed.
var (
	localPath = regexp.MustCompile(`^/(?:[^/\\\x00-\x20][^\\\x00-\x20]*)?$`)
	address   = regexp.MustCompile(`^(?:(?i:https?://|mailto:)[^\\\x00-\x20]+|/(?:[^/\\\x00-\x20][^\\\x00-\x20]*)?)$`)
)

// New returns a Policy, or what is wrong with the configuration.
func New(config Config) (*Policy, error) {
	if config.MaxBytes < 0 {
		return nil, fmt.Errorf("sanitize: MaxBytes %d is negative", config.MaxBytes)
	}
	if config.MaxBytes == 0 {
		config.MaxBytes = DefaultMaxBytes
	}
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "b", "strong", "i", "em", "u", "s", "del", "ins", "sub", "sup", "small", "mark",
		"ul", "ol", "li", "dl", "dt", "dd", "blockquote", "q", "cite", "code", "pre", "kbd", "samp", "hr", "h2", "h3", "h4", "h5", "h6")
	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(true) // the expressions below say which
	if config.AllowLinks {
		p.AllowAttrs("href").Matching(address).OnElements("a")
		p.AllowURLSchemes("http", "https", "mailto")
		p.RequireNoFollowOnLinks(true)
		p.RequireNoReferrerOnLinks(true)
	}
	if config.AllowImages {
		p.AllowAttrs("src").Matching(localPath).OnElements("img")
		p.AllowAttrs("alt").Matching(bluemonday.Paragraph).OnElements("img")
		p.AllowAttrs("width", "height").Matching(bluemonday.Number).OnElements("img")
	}
	if config.AllowTables {
		p.AllowElements("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td")
		p.AllowAttrs("colspan", "rowspan").Matching(bluemonday.Integer).OnElements("td", "th")
	}
	return &Policy{allowed: p, none: bluemonday.StrictPolicy(), max: config.MaxBytes}, nil
}

// HTML returns text with everything taken out that is not allowed, as a value
// that a template writes without escaping.
func (p *Policy) HTML(text string) unsafehtml.HTML {
	return unsafehtml.HTML(p.allowed.Sanitize(p.cut(text)))
}

// Text returns text without any markup, escaped, for a summary or a subject.
func (p *Policy) Text(text string) unsafehtml.HTML {
	return unsafehtml.HTML(p.none.Sanitize(p.cut(text)))
}

func (p *Policy) cut(text string) string {
	if len(text) <= p.max {
		return text
	}
	text = text[:p.max]
	for text != "" && !utf8.RuneStart(text[len(text)-1]) {
		text = text[:len(text)-1]
	}
	if text != "" && text[len(text)-1] >= utf8.RuneSelf {
		text = text[:len(text)-1]
	}
	return text
}
