package live

import (
	"bytes"
	"fmt"
	"net/http"
)

// misplaced reports whether a server says that it was asked for http where it
// speaks https.
func misplaced(a *answer) bool {
	if a.status != http.StatusBadRequest {
		return false
	}
	for _, said := range []string{"HTTP request to an HTTPS server", "HTTP request was sent to HTTPS port", "plain HTTP to an SSL-enabled server port"} {
		if bytes.Contains(a.body, []byte(said)) {
			return true
		}
	}
	return false
}

// noteChains says where redirects were not followed, and why.
func (s *survey) noteChains() {
	for _, c := range []struct {
		name string
		*chain
	}{{"https", &s.https}, {"http", &s.http}} {
		switch {
		case c.leads == nil || c.loop: // live-redirect-loop names a circle
		case c.leads.Scheme != "https" && c.leads.Scheme != "http":
			s.notes = append(s.notes, "The site redirects from "+c.name+" to an address with the scheme "+clip(c.leads.Scheme, 40)+", which was not followed")
		case !s.known(c.leads):
			s.notes = append(s.notes, "The site redirects from "+c.name+" to "+clip(c.leads.Scheme+"://"+c.leads.Host, 200)+", which is another host and was not followed; a scan of its own looks at it")
		case len(c.answers) > maxRedirects:
			s.notes = append(s.notes, fmt.Sprintf("Redirects from %s were followed %d times and not further", c.name, maxRedirects))
		default:
			s.notes = append(s.notes, "The site redirects from "+c.name+" to "+shown(c.leads)+", where no answer came that can be read")
		}
	}
}

// noteUnread says where https was spoken and no answer could be read.
func (s *survey) noteUnread() {
	if s.tls.state == nil || s.https.last() != nil || len(s.https.answers) == 0 || s.https.answers[0].err == nil {
		return
	}
	s.unjudged("https", s.https.answers[0].err.Error())
}

// noteAnswer says what the judged answer is, if it is not a page that visitors
// see: a good grade for an error page is none for the site.
func (s *survey) noteAnswer() {
	a := s.auto
	kind := clip(a.header.Get("Content-Type"), 80)
	switch {
	case a.status == http.StatusUnauthorized || a.status == http.StatusForbidden:
		s.notes = append(s.notes, fmt.Sprintf("The site answers with status %d, so what lies behind was not looked at; --header sends what lets the scan in", a.status))
	case a.status >= 400 && a.status != http.StatusTooManyRequests: // which is said of all requests together
		s.unjudged("the page", fmt.Sprintf("it answers with status %d, so that an error page was judged instead", a.status))
	case a.packed != "":
		s.unjudged("what the page holds", "it came compressed ("+a.packed+"), which nobody asked for")
	case a.location() != nil:
	case !a.html():
		if kind == "" {
			kind = "without a type"
		}
		s.notes = append(s.notes, "The answer is no page ("+kind+"), so what is asked of pages was not judged")
	case a.truncated:
		s.notes = append(s.notes, fmt.Sprintf("Of the page the first %d MiB were read, or what came before it broke off", maxBody>>20))
	}
}
