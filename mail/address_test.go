package mail_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/mail"
)

func TestCanonical(t *testing.T) {
	for _, row := range []struct{ address, canonical, display string }{
		{"ann@example.com", "ann@example.com", "ann@example.com"},
		{" Ann.O'Neil+tag@EXAMPLE.com\t", "ann.o'neil+tag@example.com", "Ann.O'Neil+tag@example.com"},
		{"a!#$%&'*+-/=?^_`{|}~b@example.com", "a!#$%&'*+-/=?^_`{|}~b@example.com", "a!#$%&'*+-/=?^_`{|}~b@example.com"},
		{"root@localhost", "root@localhost", "root@localhost"},
		{"ann@bücher.example", "ann@xn--bcher-kva.example", "ann@bücher.example"},
		{"ann@BÜCHER.example", "ann@xn--bcher-kva.example", "ann@bücher.example"},
		{"ann@XN--BCHER-KVA.example", "ann@xn--bcher-kva.example", "ann@bücher.example"},
		{"ann@ｅｘａｍｐｌｅ.com", "ann@example.com", "ann@example.com"},
		{"jürgen@example.com", "jürgen@example.com", "jürgen@example.com"},
		{"JÜRGEN@example.com", "jürgen@example.com", "JÜRGEN@example.com"},
		{"ju\u0308rgen@example.com", "jürgen@example.com", "jürgen@example.com"},
		{"用户@例え.jp", "用户@xn--r8jz45g.jp", "用户@例え.jp"},
		{"иван@пример.рф", "иван@xn--e1afmkfd.xn--p1ai", "иван@пример.рф"},
		{"ann@faß.de", "ann@xn--fa-hia.de", "ann@faß.de"}, // not fass.de
	} {
		canonical, display, err := mail.Canonical(row.address)
		if err != nil || canonical != row.canonical || display != row.display {
			t.Errorf("Canonical(%q) = %q, %q, %v, want %q, %q", row.address, canonical, display, err, row.canonical, row.display)
		}
	}
}

func TestCanonicalRefuses(t *testing.T) {
	for _, address := range []string{
		"", "@", "ann", "ann@", "@example.com", "ann@@example.com", "ann@example.com@evil.example", "ann @example.com", "an n@example.com",
		".ann@example.com", "ann.@example.com", "a..n@example.com", `"ann"@example.com`, "ann(x)@example.com", "<ann@example.com>", "Ann <ann@example.com>",
		"ann@example.com, bob@example.com", "ann@example.com;bob@example.com", "ann@example.com\r\nBcc: bob@example.com", "an\nn@example.com", "ann@exam\nple.com", "ann\x00@example.com",
		"ann@example..com", "ann@.example.com", "ann@example.com.", "ann@-example.com", "ann@example-.com", "ann@exa_mple.com", "ann@example", "ann@com",
		"ann@[127.0.0.1]", "ann@127.0.0.1", "ann@[IPv6:::1]", "ann@example.123", "ann@exa mple.com", "ann@example.com:25", "ann@example.com/x", "ann@%65xample.com",
		"ann@xn--zzzzzzzz-.com", "ann@ex\u200bample.com", "an\u200bn@example.com", "an\u202en@example.com", "ﬁnn@example.com", "ann@exa\u00admple.com\u0000", "\xff@example.com", "ann@\xff.com",
		strings.Repeat("a", 65) + "@example.com", strings.Repeat("ü", 33) + "@example.com",
		"a@" + strings.Repeat("a", 64) + ".com", "a@" + strings.Repeat("a.", 127) + "com", strings.Repeat("a", 1<<20) + "@example.com",
		"\u212aate@example.com\u202c", "٠ann@example.com",
	} {
		canonical, display, err := mail.Canonical(address)
		if !errors.Is(err, mail.ErrAddress) || canonical != "" || display != "" {
			t.Errorf("Canonical(%.60q) = %q, %q, %v", address, canonical, display, err)
		}
		if err != nil && len(address) > 6 && strings.Contains(err.Error(), address) {
			t.Errorf("the error holds the address: %v", err)
		}
	}
}

// GitHub 2016, CVE-2019-19844: a dotless i becomes an i when case is folded, and
// the reset mail of one account went to another's address.
func TestAttackDotlessI(t *testing.T) {
	for _, pair := range [][2]string{
		{"mıke@example.com", "mike@example.com"},
		{"MİKE@example.com", "mike@example.com"},
		{"mike@gmaıl.com", "mike@gmail.com"},
		{"ſam@example.com", "sam@example.com"},
	} {
		one, shown, err := mail.Canonical(pair[0])
		two, _, err2 := mail.Canonical(pair[1])
		if err2 != nil || err == nil && one == two {
			t.Errorf("%s and %s are both %q (%v)", pair[0], pair[1], two, err2)
		}
		if err == nil && strings.HasPrefix(shown, "mike@") && strings.HasSuffix(shown, "@gmail.com") {
			t.Errorf("mail for %s goes to %s", pair[0], shown)
		}
	}
	if got, _, err := mail.Canonical("mike@gmaıl.com"); err != nil || got != "mike@xn--gmal-nza.com" {
		t.Errorf("gmaıl.com is %q, %v", got, err)
	}
}

// A Cyrillic а inside a Latin word looks the same to a person.
func TestAttackMixedScripts(t *testing.T) {
	for _, address := range []string{"\u0430dmin@example.com", "admi\u0578@example.com", "admin@ex\u0430mple.com", "admin@xn--exmple-4nf.com", "adminα@example.com", "ann@пример.gооgle.com"} {
		if canonical, _, err := mail.Canonical(address); err == nil {
			t.Errorf("%+q is taken as %q", address, canonical)
		}
	}
}

func FuzzCanonical(f *testing.F) {
	for _, seed := range []string{"ann@example.com", "mıke@gmaıl.com", "İ@ß.example", "用户@例え.jp", "a@b@c", "\u212a@\u212a.com", "ǅ@example.com", "ς@example.com", "a@xn--.com", "ａ@ａ．com", "ﷺ@x.yz"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		canonical, display, err := mail.Canonical(address)
		if err != nil {
			if canonical != "" || display != "" {
				t.Error("a refused address is returned")
			}
			return
		}
		if strings.Count(canonical, "@") != 1 || strings.Count(display, "@") != 1 || len(canonical) > 254 || strings.ContainsAny(canonical+display, " \r\n\t\x00<>,;:\"()") {
			t.Errorf("%q gives %q, %q", address, canonical, display)
		}
		again, _, err := mail.Canonical(canonical)
		if err != nil || again != canonical {
			t.Errorf("%q is canonical for %q, but %q (%v) for itself", canonical, address, again, err)
		}
		again, shown, err := mail.Canonical(display)
		if err != nil || again != canonical || shown != display {
			t.Errorf("%q is shown for %q, but is %q, %q (%v) itself", display, address, again, shown, err)
		}
		m := mail.Message{To: display, Subject: "s", Text: "t"}
		if err := m.Check(); err != nil {
			t.Errorf("%q cannot be mailed to: %v", display, err)
		}
	})
}
