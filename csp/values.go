package csp

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// check judges one value of a directive of kind k.
func (k kind) check(v Source) error {
	text := string(v)
	switch k {
	case sourceList:
		return checkSource(v)
	case ancestors:
		if strings.HasPrefix(text, "'") && v != None && v != Self && v != ReportSample {
			if err := checkQuoted(v); err != nil {
				return err
			}
			return fmt.Errorf("%s means nothing here; only 'self', 'none', schemes and hosts do", v)
		}
		return checkSource(v)
	case sandboxKind:
		return oneOf(text, sandboxWords[:])
	case references:
		if _, err := url.Parse(text); err != nil || strings.HasPrefix(text, "'") {
			return fmt.Errorf("%q is no URL or path", text)
		}
		return nil
	case groupName:
		return checkName(text, "-_.*/")
	case sinkGroups:
		return oneOf(text, []string{string(Script)})
	case policyNames:
		if v == None || v == AllowDuplicates || text == "*" {
			return nil
		}
		return checkName(text, "-#=_/@.%")
	case webrtcKind:
		return oneOf(text, []string{"'allow'", "'block'"})
	case sriTypes:
		return oneOf(text, []string{"script", "style"})
	case mediaTypes:
		if main, sub, ok := strings.Cut(text, "/"); !ok || main == "" || sub == "" {
			return fmt.Errorf("%q is no media type", text)
		}
		return nil
	}
	return fmt.Errorf("takes no value, but has %q", text)
}

// checkList judges the values of a directive of kind k together.
func (k kind) checkList(values []Source) error {
	if len(values) > 1 && slices.Contains(values, None) {
		return errors.New("'none' stands beside other sources; browsers then ignore it")
	}
	switch k {
	case groupName, webrtcKind:
		if len(values) != 1 {
			return fmt.Errorf("takes one value, but has %d", len(values))
		}
	case references, sinkGroups, mediaTypes, sriTypes:
		if len(values) == 0 {
			return errors.New("needs a value")
		}
	}
	return nil
}

func oneOf(text string, words []string) error {
	if slices.Contains(words, text) {
		return nil
	}
	if n := nearest(text, words); n != "" {
		return fmt.Errorf("unknown value %s; did you mean %s?", clip(text), n)
	}
	return fmt.Errorf("unknown value %s", clip(text))
}

// checkName accepts letters, digits and the bytes of also.
func checkName(text, also string) error {
	for _, c := range []byte(text) {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte(also, c) >= 0) {
			return fmt.Errorf("%q is no valid name", text)
		}
	}
	return nil
}
