// Package unsafehtml holds the only values that package safehtml writes
// without escaping. Each use of a type of this package is a claim that the text
// was checked: search for the word unsafehtml to review them all.
//
// A value is unescaped in the one context its type names and is escaped as
// ordinary text in every other.
//
// It does nothing to the text. For HTML that users wrote, take the HTML that
// package safehtml/sanitize returns.
//
//	data.Note = unsafehtml.HTML("<b>checked by hand</b>")
package unsafehtml

type (
	// HTML is a fragment of a document: balanced markup for an element's content.
	HTML string
	// Attr is one attribute with its value, such as `dir="ltr"`.
	Attr string
	// JS is a JavaScript expression.
	JS string
	// CSS is a declaration, rule or value of a style sheet.
	CSS string
	// URL is an address of any scheme, data: and javascript: included.
	URL string
	// Srcset is the value of an image's srcset attribute.
	Srcset string
)
