package passwords

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/merlon-go/merlon/audit"
)

// The codes of problems. The first four are Django's.
const (
	TooShort        = "password_too_short"
	TooSimilar      = "password_too_similar"
	TooCommon       = "password_too_common"
	EntirelyNumeric = "password_entirely_numeric"
	TooLong         = "password_too_long"
	ContextWord     = "password_context_word" // made of the site's own name
	Breached        = "password_breached"
)

// A Problem is one thing wrong with a new password.
type Problem struct {
	Code string // stable, for programs
	Text string // a sentence for the person, that says what to do; never holds the password
}

// Problems are all things wrong with a new password, in a stable order. It is
// the error that [Policy.Validate] returns; find it with errors.As.
type Problems []Problem

// Error returns the texts in one line.
func (p Problems) Error() string {
	texts := make([]string, len(p))
	for i := range p {
		texts[i] = p[i].Text
	}
	return strings.Join(texts, " ")
}

// Has reports whether the problem of code is among p.
func (p Problems) Has(code string) bool {
	for i := range p {
		if p[i].Code == code {
			return true
		}
	}
	return false
}

// PolicyConfig says which new passwords are taken. The zero PolicyConfig is
// the strictest that needs nothing else.
type PolicyConfig struct {
	// MinLength is the fewest characters (Unicode code points). 0 means 15,
	// what NIST SP 800-63B-4 asks of a password that is the only factor. A
	// site that enforces a second factor may set 8. New refuses less than 8.
	MinLength int
	// MaxLength is the most characters. 0 means 256, which is also the most.
	// New refuses less than 64.
	MaxLength int
	// MaxSimilarity is the likeness to the user's own data at which a password
	// is refused, from 0.1 to 1 (1: equal in all characters). 0 means 0.7.
	MaxSimilarity float64
	// Context lists words that an attacker tries first on this site: its name,
	// its host, the organisation. Words of fewer than 3 characters are ignored.
	Context []string
	// Breaches, if not nil, is asked whether a password that passes all else is
	// known from a breach; see [NewPwned]. If it cannot answer, the password is
	// taken and an event recorded.
	Breaches BreachSource
	// Audit receives the event "sys_monitor_disabled" when Breaches fails. Nil
	// is silent.
	Audit audit.Sink

	// AllowCommon and AllowNumeric switch off the list of common passwords and
	// the refusal of digits only.
	AllowCommon, AllowNumeric bool
}

// A BreachSource knows passwords from breaches. It must be safe for concurrent
// use, must respect ctx, must not let the password out of the process, and must
// not put it into an error.
type BreachSource interface {
	Breached(ctx context.Context, password string) (bool, error)
}

// Policy judges new passwords. It is immutable and safe for concurrent use.
type Policy struct {
	cfg    PolicyConfig
	words  []string // Context, split, lower case
	common commonList
}

// NewPolicy returns a Policy, or all faults of cfg.
func NewPolicy(cfg PolicyConfig) (*Policy, error) {
	if cfg.MinLength == 0 {
		cfg.MinLength = 15
	}
	if cfg.MaxLength == 0 {
		cfg.MaxLength = 256
	}
	if cfg.MaxSimilarity == 0 {
		cfg.MaxSimilarity = 0.7
	}
	var errs []error
	if cfg.MinLength < 8 || cfg.MinLength > 64 {
		errs = append(errs, fmt.Errorf("passwords: MinLength %d: want 8 to 64", cfg.MinLength))
	}
	if cfg.MaxLength < 64 || cfg.MaxLength > 256 {
		errs = append(errs, fmt.Errorf("passwords: MaxLength %d: want 64 to 256", cfg.MaxLength))
	}
	if !(cfg.MaxSimilarity >= 0.1 && cfg.MaxSimilarity <= 1) {
		errs = append(errs, fmt.Errorf("passwords: MaxSimilarity %v: want 0.1 to 1", cfg.MaxSimilarity))
	}
	p := &Policy{words: contextWords(cfg.Context)}
	cfg.Context = nil
	p.cfg = cfg
	if !cfg.AllowCommon {
		var err error
		if p.common, err = loadCommon(); err != nil {
			errs = append(errs, err)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return p, nil
}

// MinLength returns the fewest characters that a password may have, for a form
// to say so beforehand.
func (p *Policy) MinLength() int { return p.cfg.MinLength }

// Help returns what a password must be, one sentence each, for showing beside
// the field.
func (p *Policy) Help() []string {
	help := []string{fmt.Sprintf("Use at least %d characters. Three or four unrelated words are easy to remember and hard to guess.", p.cfg.MinLength),
		"Do not use your name, your e-mail address or the name of this site."}
	if !p.cfg.AllowCommon {
		help = append(help, "Do not use a password that many others use.")
	}
	if !p.cfg.AllowNumeric {
		help = append(help, "Do not use digits only.")
	}
	return help
}

// Validate returns nil if password may be taken, or [Problems] with everything
// that is wrong. about is what the user is called: e-mail address, name, user
// name; the password must not resemble it. Only a breach source is asked
// over the network, last and within ctx; there is no other error.
func (p *Policy) Validate(ctx context.Context, password string, about ...string) error {
	var found Problems
	add := func(code, text string) { found = append(found, Problem{code, text}) }
	if len(password) > MaxBytes || utf8.RuneCountInString(password) > p.cfg.MaxLength {
		// Nothing else is computed over a text of any length.
		add(TooLong, fmt.Sprintf("This password is too long. Use at most %d characters.", p.cfg.MaxLength))
		return found
	}
	lower := strings.ToLower(password)
	for _, value := range about {
		if similar(lower, strings.ToLower(clip(value)), p.cfg.MaxSimilarity) {
			add(TooSimilar, "This password is too similar to your name or e-mail address. Choose something that has nothing to do with you.")
			break
		}
	}
	if n := utf8.RuneCountInString(password); n < p.cfg.MinLength {
		add(TooShort, fmt.Sprintf("This password is too short. Use at least %d characters; three or four unrelated words will do.", p.cfg.MinLength))
	}
	if !p.cfg.AllowCommon && p.isCommon(lower) {
		add(TooCommon, "This password is too common: attackers try it among the first. Choose something that nobody else would.")
	}
	if !p.cfg.AllowNumeric && entirelyNumeric(password) {
		add(EntirelyNumeric, "This password is made of digits only. Add words.")
	}
	if madeOf(lower, p.words) {
		add(ContextWord, "This password is made of the name of this site. Choose something that has nothing to do with it.")
	}
	if found == nil && p.breached(ctx, password) {
		add(Breached, "This password is known from a data breach elsewhere, and attackers try it. Choose another, and change it wherever else you use it.")
	}
	if found == nil {
		return nil // not a nil Problems in an error
	}
	return found
}

// breached asks the breach source. It fails open: an outage of a service
// elsewhere must not keep people from changing their password, and everything
// else about the password has been checked.
func (p *Policy) breached(ctx context.Context, password string) bool {
	if p.cfg.Breaches == nil {
		return false
	}
	known, err := p.cfg.Breaches.Breached(ctx, password)
	if err != nil && p.cfg.Audit != nil {
		// The event must not decide about the password either.
		_ = p.cfg.Audit.Record(ctx, audit.Event{
			Name: "sys_monitor_disabled", Control: "passwords", Reason: "breach-check-unavailable",
			Detail: "the breach source did not answer; a password was taken without asking it",
		})
	}
	return err == nil && known
}

// entirelyNumeric is Django's rule: every character is a digit of some script,
// superscripts and circled digits included; empty is not.
func entirelyNumeric(s string) bool {
	for _, r := range s {
		if !unicode.IsDigit(r) && !(unicode.Is(unicode.No, r) && digitLike(r)) {
			return false
		}
	}
	return s != ""
}

// digitLike reports whether a character of category No has the Unicode property
// Numeric_Type=Digit, as Python's str.isdigit asks.
func digitLike(r rune) bool {
	switch {
	case r == 0xB2, r == 0xB3, r == 0xB9, r == 0x2070, 0x2074 <= r && r <= 0x2079, 0x2080 <= r && r <= 0x2089:
		return true // superscripts and subscripts
	case 0x1369 <= r && r <= 0x1371, r == 0x19DA:
		return true // Ethiopic digits, New Tai Lue Tham digit one
	case 0x2460 <= r && r <= 0x2468, 0x2474 <= r && r <= 0x247C, 0x2488 <= r && r <= 0x2490, r == 0x24EA,
		0x24F5 <= r && r <= 0x24FD, r == 0x24FF, 0x2776 <= r && r <= 0x277E, 0x2780 <= r && r <= 0x2788, 0x278A <= r && r <= 0x2792:
		return true // circled, parenthesised, with full stop
	case 0x10A40 <= r && r <= 0x10A43, 0x10E60 <= r && r <= 0x10E68, 0x11052 <= r && r <= 0x1105A, 0x1F100 <= r && r <= 0x1F10A:
		return true // Kharoshthi, Rumi, Brahmi, with comma
	}
	return false
}
