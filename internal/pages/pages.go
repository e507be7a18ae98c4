// Package pages holds what every page of Merlon looks like: the layout, the
// style sheet, the mark, and the pages that belong to the site as a whole
// (welcome, errors, mail in development). It knows no control and renders
// nothing: whoever composes a site loads the files and fills the structs.
//
//	site/welcome  [Welcome]
//	site/error    [Error]
//	site/mails    [Mails]
//	site/mail     [Mail]
package pages

import (
	"embed"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"time"
)

//go:embed templates static
var embedded embed.FS

// Templates returns the layouts, partials and pages.
func Templates() fs.FS { return sub("templates") }

// Static returns the style sheet, the mark and the script.
func Static() fs.FS { return sub("static") }

func sub(dir string) fs.FS {
	files, err := fs.Sub(embedded, dir)
	if err != nil {
		return embedded // the path is valid
	}
	return files
}

// Funcs returns the functions that the templates call.
func Funcs() map[string]any {
	return map[string]any{
		"date": func(t time.Time) string { return t.UTC().Format("2 January 2006") },
		"day":  func(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") },
		"ago":  Ago,
		"iso":  func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"link": Parts,
	}
}

// Ago says when t was, as seen from now: "2 hours ago", and a date for what is
// more than a week old.
func Ago(now, t time.Time) string {
	d := now.Sub(t)
	some := func(n int, unit string) string {
		if n == 1 {
			return "1 " + unit + " ago"
		}
		return strconv.Itoa(n) + " " + unit + "s ago"
	}
	switch {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return some(int(d/time.Minute), "minute")
	case d < 24*time.Hour:
		return some(int(d/time.Hour), "hour")
	case d < 8*24*time.Hour:
		return some(int(d/(24*time.Hour)), "day")
	}
	return "on " + t.UTC().Format("2 January 2006")
}

// Welcome is the page of a site that has none of its own yet.
type Welcome struct {
	SiteName string
	// Email is who is signed in, "" for nobody.
	Email string
	// SignupOpen offers sign-up.
	SignupOpen bool
	// Dev says that the site runs in development: mail is under MailPath then.
	Dev      bool
	MailPath string
	// Protections are what guards this very request.
	Protections []Protection
	RequestID   string
}

// Count returns how many protections are in a state.
func (w Welcome) Count(state string) int {
	n := 0
	for _, p := range w.Protections {
		if p.State == state {
			n++
		}
	}
	return n
}

// Protection is one row of the welcome page.
type Protection struct {
	Name  string
	State string // "on", "weak" or "off"
	Value string // what it did for this request, such as a header's value
	Why   string // what it guards against, a sentence
	Docs  string // where to read on, "" for nowhere
}

// Error is the page of a refusal or fault. Make it with [NewError].
type Error struct {
	SiteName  string
	Status    int
	Title     string
	Text      string   // what happened, for anybody
	Help      []string // what to do about it
	RequestID string
}

// NewError returns the page for a status, in words for whoever sees it. It tells
// nothing about the reason beyond the status.
func NewError(status int, requestID string) Error {
	e := Error{Status: status, RequestID: requestID}
	known, ok := errorTexts[status]
	switch {
	case ok:
	case status >= 500:
		known = errorTexts[http.StatusInternalServerError]
	default:
		known = errorTexts[http.StatusBadRequest]
	}
	e.Title, e.Text, e.Help = known.title, known.text, known.help
	return e
}

type errorText struct {
	title, text string
	help        []string
}

var errorTexts = map[int]errorText{
	400: {"That request makes no sense", "Your browser, or something on the way, sent a request that this site cannot read or does not answer to.",
		[]string{"Check the address for a typing mistake.", "If you followed a link, tell its owner."}},
	401: {"Sign in first", "This page is for people who are signed in.", []string{"Sign in and come back."}},
	403: {"Not allowed", "The site refused this request. If you sent a form, it did not come from a page of this site, or the page was open for too long.",
		[]string{"Go back, reload the page and send the form again.", "Allow cookies for this site."}},
	404: {"Nothing here", "There is no page at this address.", []string{"Check the address for a typing mistake.", "Start again from the front page."}},
	405: {"Not that way", "This address exists, but not for that kind of request.", []string{"Start again from the front page."}},
	408: {"Too slow", "The request took too long to arrive.", []string{"Check your connection and try again."}},
	410: {"Gone", "What was here is not here any more.", []string{"Start again from the front page."}},
	413: {"Too large", "What you sent is larger than this site takes.", []string{"Send less, or in smaller parts."}},
	414: {"Address too long", "The address is longer than this site reads.", []string{"Start again from the front page."}},
	421: {"Wrong door", "This server does not answer for the site you asked for.", []string{"Check the address for a typing mistake."}},
	429: {"Slow down, please", "Too many requests came from you, or for this account, in a short time.", []string{"Wait a little and try again.", "If it was not you, nothing is lost: it was stopped here."}},
	431: {"Headers too large", "Your browser sent more with the request than this site reads.", []string{"Delete the cookies of this site and try again."}},
	500: {"Something broke", "This is our fault, not yours. What you did may not have been saved.", []string{"Try again in a moment.", "If it stays, tell the people of this site the request number below."}},
	502: {"No answer from behind", "The service behind this site did not answer properly.", []string{"Try again in a moment."}},
	503: {"Back in a moment", "A part of this site is out of order or overloaded.", []string{"Wait a few seconds and try again.", "What you just did may not have been saved: look before you repeat it."}},
	504: {"No answer in time", "The service behind this site took too long.", []string{"Try again in a moment."}},
}

// Mails is the list of mail in development, newest first.
type Mails struct {
	SiteName string
	Mails    []Mail
}

// Mail is one mail in development.
type Mail struct {
	SiteName string
	Path     string // of its own page
	To       string
	Subject  string
	Text     string
	HTML     string // source, shown as such
	Sent     time.Time
}

// Part is a piece of text, and where it leads if it is a link.
type Part struct{ Text, Link string }

// Parts splits text into links (http and https) and what is between them.
func Parts(text string) []Part {
	var parts []Part
	for text != "" {
		at := linkStart(text)
		if at < 0 {
			return append(parts, Part{Text: text})
		}
		end := strings.IndexAny(text[at:], " \t\r\n<>\"'")
		if end < 0 {
			end = len(text) - at
		}
		link := strings.TrimRight(text[at:at+end], ".,;:!?)")
		if at > 0 {
			parts = append(parts, Part{Text: text[:at]})
		}
		parts = append(parts, Part{Text: link, Link: link})
		text = text[at+len(link):]
	}
	return parts
}

func linkStart(text string) int {
	plain, secure := strings.Index(text, "http://"), strings.Index(text, "https://")
	if plain < 0 || secure >= 0 && secure < plain {
		return secure
	}
	return plain
}

// StatusLine returns the status with its standard text, as in "404 Not Found".
func (e Error) StatusLine() string {
	return strings.TrimSpace(strconv.Itoa(e.Status) + " " + http.StatusText(e.Status))
}
