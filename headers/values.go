package headers

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/merlon-go/merlon/internal/nearest"
)

// strictness lists the values that each header may have, the strictest first.
func strictness(name string) []string {
	switch name {
	case nameContentTypeOptions:
		return []string{"nosniff"}
	case nameFrameOptions:
		return []string{"DENY", "SAMEORIGIN"}
	case nameReferrerPolicy:
		return []string{"no-referrer", "same-origin", "strict-origin", "origin", "strict-origin-when-cross-origin",
			"origin-when-cross-origin", "no-referrer-when-downgrade", "unsafe-url"}
	case nameCrossOriginOpenerPolicy:
		return []string{"same-origin", "noopener-allow-popups", "same-origin-allow-popups", "unsafe-none"}
	case nameCrossOriginResourcePolicy:
		return []string{"same-origin", "same-site", "cross-origin"}
	case nameCrossOriginEmbedderPolicy:
		return []string{"require-corp", "credentialless", "unsafe-none"}
	}
	return nil
}

// standardSet is what the zero Config sends on every answer.
func standardSet() set {
	return set{
		{nameContentTypeOptions, one("nosniff")},
		{nameFrameOptions, one("DENY")},
		{nameReferrerPolicy, one("same-origin")},
		{nameCrossOriginOpenerPolicy, one("same-origin")},
		{nameCrossOriginResourcePolicy, one("same-origin")},
		{namePermissionsPolicy, one(DefaultPermissionsPolicy().String())},
	}
}

// one returns value as a header's values.
func one(value string) []string { return []string{value} }

// change returns s with the changes of o, or all that is wrong with o.
func (s set) change(o Override) (set, error) {
	changed := slices.Clone(s)
	var errs []error
	put := func(name, value string, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("headers: invalid %s: %w", name, err))
			return
		}
		if value == "" {
			return
		}
		i := slices.IndexFunc(changed, func(f field) bool { return f.name == name })
		if i < 0 {
			changed = append(changed, field{name, one(value)})
			return
		}
		changed[i].value = one(value)
	}
	frame, err := frameOptions(o.FrameOptions)
	put(nameFrameOptions, frame, err)
	referrer, err := referrerPolicy(o.ReferrerPolicy)
	put(nameReferrerPolicy, referrer, err)
	opener, err := token(nameCrossOriginOpenerPolicy, o.CrossOriginOpenerPolicy)
	put(nameCrossOriginOpenerPolicy, opener, err)
	resource, err := token(nameCrossOriginResourcePolicy, o.CrossOriginResourcePolicy)
	put(nameCrossOriginResourcePolicy, resource, err)
	embedder, err := token(nameCrossOriginEmbedderPolicy, o.CrossOriginEmbedderPolicy)
	put(nameCrossOriginEmbedderPolicy, embedder, err)
	if o.PermissionsPolicy != nil {
		put(namePermissionsPolicy, o.PermissionsPolicy.String(), o.PermissionsPolicy.Validate())
	}
	for _, name := range o.SkipHeaders {
		canonical := http.CanonicalHeaderKey(name)
		if !slices.Contains(Names(), canonical) {
			errs = append(errs, fmt.Errorf("headers: unknown header %q to skip%s", name, suggestion(canonical, Names())))
		}
		changed = slices.DeleteFunc(changed, func(f field) bool { return f.name == canonical })
	}
	return changed, errors.Join(errs...)
}

// token judges a header that is one word.
func token(name, value string) (string, error) {
	value = strings.ToLower(strings.TrimSpace(value))
	if value == "" || slices.Contains(strictness(name), value) {
		return value, nil
	}
	return "", fmt.Errorf("unknown value %q%s", value, suggestion(value, strictness(name)))
}

// frameOptions judges X-Frame-Options, whose words are upper case.
func frameOptions(value string) (string, error) {
	value = strings.ToUpper(strings.TrimSpace(value))
	switch {
	case strings.HasPrefix(value, "ALLOW"):
		return "", errors.New("no browser knows ALLOW-FROM; skip the header and let frame-ancestors of the content security policy say who may frame")
	case value != "" && !slices.Contains(strictness(nameFrameOptions), value):
		return "", fmt.Errorf("unknown value %q; DENY or SAMEORIGIN", value)
	}
	return value, nil
}

// referrerPolicy judges a list of policies. Browsers take the last they know,
// and do not say when they know none.
func referrerPolicy(value string) (string, error) {
	if strings.TrimSpace(value) == "" {
		return "", nil
	}
	var policies []string
	for policy := range strings.SplitSeq(value, ",") {
		policy, err := token(nameReferrerPolicy, policy)
		if err != nil {
			return "", err
		}
		if policy == "" {
			return "", errors.New("an empty policy between commas")
		}
		policies = append(policies, policy)
	}
	return strings.Join(policies, ","), nil
}

// suggestion returns "; did you mean …?" if a candidate is close to word, and
// the list of candidates if it is short.
func suggestion(word string, candidates []string) string {
	best, distance := "", 3
	for _, c := range candidates {
		if d := nearest.Edits(strings.ToLower(word), strings.ToLower(c), distance); d < distance {
			best, distance = c, d
		}
	}
	switch {
	case best != "":
		return fmt.Sprintf("; did you mean %q?", best)
	case len(candidates) <= 10:
		return "; one of " + strings.Join(candidates, ", ")
	}
	return ""
}
