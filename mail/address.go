package mail

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/secure/precis"
)

const (
	maxAddress = 254 // RFC 5321, section 4.5.3.1.3, without the angle brackets
	maxLocal   = 64
)

// ErrAddress is wrapped by every error of [Canonical].
var ErrAddress = errors.New("mail: invalid address")

// Canonical reads an address such as a person types into a form.
//
// display is the address to store, to show and to mail: as typed, without white
// space around it, accents composed, the domain in lower case. canonical is for
// comparing only: two addresses with the same canonical form belong to one
// account. It has the local part in lower case too and the domain in ASCII
// (IDNA). Never mail to a canonical form, nor to what was typed into a form that
// looks an account up: mail to the address stored with the account.
//
// Letters that only look alike stay different (dotless i, which once gave away
// GitHub accounts); an address whose name or domain mixes scripts is refused, as
// are quoted local parts, comments, addresses of hosts in brackets and domains
// without a dot other than localhost. The error wraps [ErrAddress] and does not
// hold the address.
func Canonical(address string) (canonical, display string, err error) {
	// The cap comes first: what follows costs more for longer texts.
	if len(address) > 2*maxAddress {
		return "", "", fmt.Errorf("%w: too long", ErrAddress)
	}
	address = strings.TrimSpace(address)
	local, domain, ok := strings.Cut(address, "@")
	switch {
	case len(address) > maxAddress || len(local) > maxLocal:
		return "", "", fmt.Errorf("%w: too long", ErrAddress)
	case !utf8.ValidString(address):
		return "", "", fmt.Errorf("%w: not UTF-8", ErrAddress)
	case !ok || local == "" || domain == "":
		return "", "", fmt.Errorf("%w: want name@domain", ErrAddress)
	case strings.Contains(domain, "@"):
		return "", "", fmt.Errorf("%w: more than one @", ErrAddress)
	}
	shownLocal, local, err := canonicalLocal(local)
	if err != nil {
		return "", "", err
	}
	shownDomain, domain, err := canonicalDomain(domain)
	if err != nil {
		return "", "", err
	}
	canonical, display = local+"@"+domain, shownLocal+"@"+shownDomain
	if len(canonical) > maxAddress || len(display) > maxAddress || len(shownLocal) > maxLocal || len(local) > maxLocal {
		return "", "", fmt.Errorf("%w: too long", ErrAddress)
	}
	return canonical, display, nil
}

func canonicalLocal(local string) (shown, canonical string, err error) {
	bad := fmt.Errorf("%w: character or dot out of place before the @", ErrAddress)
	if local[0] == '.' || local[len(local)-1] == '.' || strings.Contains(local, "..") {
		return "", "", bad
	}
	if isASCII(local) {
		for _, c := range []byte(local) {
			if c <= ' ' || c == 0x7f || strings.IndexByte(`"(),:;<>@[\]`, c) >= 0 {
				return "", "", bad
			}
		}
		return local, strings.ToLower(local), nil
	}
	if strings.ContainsAny(local, "\"(),:;<>@[\\]") {
		return "", "", bad
	}
	if !oneScript(local) {
		return "", "", fmt.Errorf("%w: letters of different scripts before the @", ErrAddress)
	}
	// RFC 8265: composes, refuses ligatures, superscripts and invisible
	// characters, which would make two spellings of one address.
	if shown, err = precis.UsernameCasePreserved.String(local); err != nil {
		return "", "", bad
	}
	if canonical, err = precis.UsernameCaseMapped.String(local); err != nil {
		return "", "", bad
	}
	return shown, canonical, nil
}

// profile is what browsers look names up with (UTS 46, non-transitional), and
// strict about length and hyphens.
var profile = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.Transitional(false),
	idna.StrictDomainName(true), idna.VerifyDNSLength(true), idna.CheckHyphens(true), idna.CheckJoiners(true))

// invisible reports format characters, which the mapping would drop silently. The
// joiners are left to IDNA's own rule.
func invisible(r rune) bool { return unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d' }

// canonicalDomain returns domain in Unicode and in ASCII, lower case both.
func canonicalDomain(domain string) (shown, ascii string, err error) {
	bad := fmt.Errorf("%w: domain", ErrAddress)
	if domain[len(domain)-1] == '.' || domain[0] == '[' || strings.ContainsFunc(domain, invisible) {
		return "", "", bad
	}
	if ascii, err = profile.ToASCII(domain); err != nil {
		return "", "", bad
	}
	if shown, err = profile.ToUnicode(ascii); err != nil {
		return "", "", bad
	}
	if !strings.Contains(ascii, ".") && ascii != "localhost" {
		return "", "", bad
	}
	for label := range strings.SplitSeq(shown, ".") {
		if !oneScript(label) {
			return "", "", fmt.Errorf("%w: letters of different scripts in the domain", ErrAddress)
		}
	}
	// A last label of digits only makes it the address of a host.
	if last := ascii[strings.LastIndexByte(ascii, '.')+1:]; strings.Trim(last, "0123456789") == "" {
		return "", "", bad
	}
	return shown, ascii, nil
}

// eastAsian are the scripts that Japanese, Chinese and Korean write together,
// also with Latin: Unicode TR 39, "highly restrictive".
var eastAsian = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo, unicode.Hangul, unicode.Latin}

// oneScript reports whether the letters of s belong to one script, or to those
// that are written together in East Asia.
func oneScript(s string) bool {
	var script *unicode.RangeTable
	east, mixed := true, false
	for _, r := range s {
		if r < utf8.RuneSelf && !unicode.IsLetter(r) || unicode.In(r, unicode.Common, unicode.Inherited) {
			continue
		}
		east = east && unicode.In(r, eastAsian...)
		if script != nil && unicode.Is(script, r) {
			continue
		}
		if script != nil {
			mixed = true
			continue
		}
		if script = scriptOf(r); script == nil {
			return false
		}
	}
	return !mixed || east
}

func scriptOf(r rune) *unicode.RangeTable {
	if unicode.Is(unicode.Latin, r) {
		return unicode.Latin
	}
	for _, table := range unicode.Scripts {
		if unicode.Is(table, r) {
			return table
		}
	}
	return nil
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
