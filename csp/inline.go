package csp

import (
	"fmt"
	"slices"
	"strings"
)

// InlineHashes returns the sources that allow the inline scripts and styles of
// an HTML page, each once, for [StrictHash]. Give it the page as it is sent: a
// template changes what it renders, comments for one. Blocks with data rather
// than code, such as JSON, need no source and have none. A block that is never
// closed, or that still holds a template's action, is an error.
func InlineHashes(page string) (scripts, styles []Source, err error) {
	// HTML reads line breaks so before anything else.
	page = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(page)
	lower := lowerASCII(page)
	for at := 0; ; {
		open := strings.IndexByte(lower[at:], '<')
		if open < 0 {
			return scripts, styles, nil
		}
		at += open
		if strings.HasPrefix(lower[at:], "<!--") {
			end := strings.Index(lower[at+4:], "-->")
			if end < 0 {
				return scripts, styles, nil
			}
			at += 4 + end + 3
			continue
		}
		name := blockName(lower[at:])
		if name == "" {
			at++
			continue
		}
		attributes, length := readTag(lower[at+1+len(name):])
		start := at + 1 + len(name) + length
		end := strings.Index(lower[start:], "</"+name)
		if length == 0 || end < 0 {
			return nil, nil, fmt.Errorf("csp: %s element at byte %d is not closed", name, at)
		}
		text := page[start : start+end]
		at = start + end
		if text == "" || !isCode(name, attributes) {
			continue
		}
		if strings.Contains(text, "{{") {
			return nil, nil, fmt.Errorf("csp: %s element at byte %d holds a template action, so its hash would change", name, start)
		}
		list := &styles
		if name == "script" {
			list = &scripts
		}
		if hash := Hash(text); !slices.Contains(*list, hash) {
			*list = append(*list, hash)
		}
	}
}

// blockName returns which of the elements with raw text begins here.
func blockName(lower string) string {
	for _, name := range []string{"script", "style", "textarea", "title"} {
		rest, ok := strings.CutPrefix(lower, "<"+name)
		if ok && (rest == "" || strings.IndexByte(" \t\n\f/>", rest[0]) >= 0) {
			return name
		}
	}
	return ""
}

// isCode reports whether an element's text runs or applies.
func isCode(name string, attributes map[string]string) bool {
	if name == "style" {
		return true
	}
	if _, external := attributes["src"]; external || name != "script" {
		return false
	}
	media, _, _ := strings.Cut(attributes["type"], ";")
	switch strings.TrimSpace(media) {
	case "", "module", "importmap", "speculationrules",
		"text/javascript", "application/javascript", "text/ecmascript", "application/ecmascript",
		"application/x-javascript", "text/x-javascript", "text/jscript", "text/livescript":
		return true
	}
	return false
}

// readTag reads the attributes of a tag in lower case, from behind its name,
// and returns the length up to and with its ">", 0 if there is none.
func readTag(s string) (attributes map[string]string, length int) {
	attributes = map[string]string{}
	at := 0
	for {
		for at < len(s) && strings.IndexByte(" \t\n\f/", s[at]) >= 0 {
			at++
		}
		if at == len(s) {
			return nil, 0
		}
		if s[at] == '>' {
			return attributes, at + 1
		}
		start := at
		for at++; at < len(s) && strings.IndexByte(" \t\n\f/>=", s[at]) < 0; at++ {
		}
		name, value := s[start:at], ""
		for at < len(s) && strings.IndexByte(" \t\n\f", s[at]) >= 0 {
			at++
		}
		if at < len(s) && s[at] == '=' {
			value, at = readValue(s, at+1)
		}
		if _, twice := attributes[name]; !twice {
			attributes[name] = value
		}
	}
}

// readValue reads an attribute's value from at, quoted or not, and returns
// where it ends.
func readValue(s string, at int) (value string, end int) {
	for at < len(s) && strings.IndexByte(" \t\n\f", s[at]) >= 0 {
		at++
	}
	if at == len(s) {
		return "", at
	}
	if quote := s[at]; quote == '"' || quote == '\'' {
		length := strings.IndexByte(s[at+1:], quote)
		if length < 0 {
			return "", len(s)
		}
		return s[at+1 : at+1+length], at + length + 2
	}
	start := at
	for at < len(s) && strings.IndexByte(" \t\n\f>", s[at]) < 0 {
		at++
	}
	return s[start:at], at
}
