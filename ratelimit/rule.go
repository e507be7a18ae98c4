package ratelimit

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// A Rule is one limit. Name, Key and Rate are required.
type Rule struct {
	// Name identifies the rule in headers, events, listings and the shared
	// store: letters, digits, hyphens and underscores, at most 64. Changing it
	// begins the counts anew.
	Name string
	// Pattern says which requests the rule is for, in the grammar of
	// [http.ServeMux]: "[METHOD ][HOST]/PATH". All rules whose pattern matches
	// apply, not only the most specific. Paths are matched after cleaning, so
	// that //login cannot be used to avoid a rule for /login. "" is for no
	// request: the rule is used by name, through [Limiter.Rule] or
	// [Limiter.Allow].
	Pattern string
	// Key says what is counted separately.
	Key Key
	// Rate is how much is allowed.
	Rate Rate
	// FixedCost is how many events each request counts as; 0 means 1. It must
	// be within the rate's burst.
	FixedCost int64
	// Cost, if not nil, says it for each request by itself. The rule is not for
	// a request that costs 0 or less; one that costs more than the rate's burst
	// is always refused.
	Cost func(*http.Request) int64
	// Count says which requests count.
	Count Count
	// Report only reports what the rule would refuse.
	Report bool
	// Fail says what happens while the shared store cannot answer.
	Fail FailMode
	// Exact keeps a rule with a large limit from being leased: every request
	// asks the shared store.
	Exact bool
}

// Count is which requests a rule counts.
type Count uint8

const (
	// CountAll counts every request.
	CountAll Count = iota
	// CountFailed counts requests whose handler called [Failed] or panicked.
	// Every request takes its cost before the handler runs and gets it back
	// after, so that parallel attempts cannot pass the limit together.
	CountFailed
)

// FailMode is what a rule does while the shared store cannot answer.
type FailMode uint8

const (
	// FailLocal lets this node keep the limit alone, divided by the number of
	// nodes.
	FailLocal FailMode = iota
	// FailOpen lets every request pass. Never use it where passwords or codes
	// can be guessed.
	FailOpen
	// FailClosed refuses every request with status 503.
	FailClosed
)

// String returns local, open or closed.
func (f FailMode) String() string {
	if int(f) < len(failModes) {
		return failModes[f]
	}
	return fmt.Sprintf("FailMode(%d)", uint8(f))
}

var failModes = [...]string{"local", "open", "closed"}

// ParseRules reads rules separated by semicolons or line ends:
//
//	NAME: [METHOD ]PATTERN by KEY RATE [burst N] [cost N] [local|open|closed] [report] [failed] [exact]
//
// as in
//
//	home: GET / by network 60/m burst 20; search: /search by user 10/m closed
//
// Empty rules are left out. All faults are reported together, each with the
// name of its rule.
func ParseRules(text string) ([]Rule, error) {
	if len(text) > 64<<10 {
		return nil, errors.New("ratelimit: rules are longer than 64 KiB")
	}
	var rules []Rule
	var faults []error
	for one := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ';' || r == '\n' || r == '\r' }) {
		if one = strings.TrimSpace(one); one == "" {
			continue
		}
		rule, err := parseRule(one)
		if err == nil {
			err = rule.validate()
		}
		if err != nil {
			faults = append(faults, err)
			continue
		}
		rules = append(rules, rule)
	}
	if err := distinct(rules); err != nil {
		faults = append(faults, err)
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return rules, nil
}

func parseRule(text string) (Rule, error) {
	name, rest, ok := strings.Cut(text, ":")
	name = strings.TrimSpace(name)
	if !ok || !validRuleName(name) {
		return Rule{}, fmt.Errorf("ratelimit: rule %.60q does not begin with a name and a colon", text)
	}
	rule := Rule{Name: name}
	fault := func(err error) (Rule, error) {
		return Rule{}, fmt.Errorf("ratelimit: rule %q: %s", name, strings.TrimPrefix(err.Error(), "ratelimit: "))
	}
	words := strings.Fields(rest)
	by := 0
	for by < len(words) && words[by] != "by" {
		by++
	}
	if by > 2 || len(words) < by+3 {
		return fault(errors.New("not of the form [METHOD ]PATTERN by KEY RATE"))
	}
	rule.Pattern = strings.Join(words[:by], " ")
	var err error
	if rule.Key, err = ParseKey(words[by+1]); err != nil {
		return fault(err)
	}
	rate, options := words[by+2], words[by+3:]
	if len(options) >= 2 && options[0] == "burst" {
		rate, options = rate+" burst "+options[1], options[2:]
	}
	if rule.Rate, err = ParseRate(rate); err != nil {
		return fault(err)
	}
	if len(options) >= 2 && options[0] == "cost" {
		if rule.FixedCost, err = digits(options[1]); err != nil || rule.FixedCost == 0 {
			return fault(errors.New("cost is not a whole number above 0"))
		}
		options = options[2:]
	}
	if err := rule.options(options); err != nil {
		return fault(err)
	}
	return rule, nil
}

func (r *Rule) options(words []string) error {
	given := map[string]bool{}
	for _, word := range words {
		group := word
		switch word {
		case "local", "open", "closed":
			group = "mode"
			for i, mode := range failModes {
				if word == mode {
					r.Fail = FailMode(i)
				}
			}
		case "report":
			r.Report = true
		case "failed":
			r.Count = CountFailed
		case "exact":
			r.Exact = true
		default:
			return fmt.Errorf("unknown word %q; there are burst N, cost N, local, open, closed, report, failed and exact", word)
		}
		if given[group] {
			return fmt.Errorf("%q is one too many", word)
		}
		given[group] = true
	}
	return nil
}

// String returns the rule as [ParseRules] reads it. A cost function and a key
// function have no text.
func (r Rule) String() string {
	words := []string{r.Name + ":"}
	if r.Pattern != "" {
		words = append(words, r.Pattern)
	}
	words = append(words, "by", r.Key.String(), r.Rate.String())
	if r.FixedCost > 1 {
		words = append(words, "cost", strconv.FormatInt(r.FixedCost, 10))
	}
	if r.Fail != FailLocal {
		words = append(words, r.Fail.String())
	}
	if r.Report {
		words = append(words, "report")
	}
	if r.Count == CountFailed {
		words = append(words, "failed")
	}
	if r.Exact {
		words = append(words, "exact")
	}
	return strings.Join(words, " ")
}

func (r Rule) validate() error {
	var faults []error
	fault := func(err error) {
		if err != nil {
			faults = append(faults, fmt.Errorf("ratelimit: rule %q: %s", r.Name, strings.TrimPrefix(err.Error(), "ratelimit: ")))
		}
	}
	if !validRuleName(r.Name) {
		fault(errors.New("a name is 1 to 64 letters, digits, hyphens and underscores"))
	}
	if r.Pattern != "" {
		_, err := parsePattern(r.Pattern)
		fault(err)
	}
	fault(r.Key.validate())
	fault(r.Rate.validate())
	switch {
	case r.FixedCost < 0:
		fault(errors.New("cost is negative"))
	case r.FixedCost > 0 && r.Cost != nil:
		fault(errors.New("a cost that is fixed and one by function"))
	case r.FixedCost > 1 && r.Rate.Limit > 0 && r.FixedCost > r.Rate.burst():
		fault(fmt.Errorf("no request passes: each costs %d, and the burst is %d", r.FixedCost, r.Rate.burst()))
	}
	if r.Count > CountFailed {
		fault(errors.New("unknown count"))
	}
	if r.Fail > FailClosed {
		fault(errors.New("unknown fail mode"))
	}
	return errors.Join(faults...)
}

// distinct reports names that are used twice.
func distinct(rules []Rule) error {
	var faults []error
	seen := map[string]bool{}
	for _, r := range rules {
		if seen[r.Name] {
			faults = append(faults, fmt.Errorf("ratelimit: rule %q is there twice", r.Name))
		}
		seen[r.Name] = true
	}
	return errors.Join(faults...)
}

func validRuleName(name string) bool {
	for i := range len(name) {
		c := name[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return name != "" && len(name) <= 64
}
