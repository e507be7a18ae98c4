package leak

import (
	"math"
	"strings"
)

// entropy returns Shannon's entropy of the bytes of s, in bits a byte.
func entropy(s string) float64 {
	var counts [256]int
	for i := range len(s) {
		counts[s[i]]++
	}
	sum, n := 0.0, float64(len(s))
	for _, c := range counts {
		if c > 0 {
			p := float64(c) / n
			sum -= p * math.Log2(p)
		}
	}
	return sum
}

// A makeup counts what a value is made of.
type makeup struct {
	lower, upper, digits, hex, other int
	switches                         int // places where the class of the character changes
	longest                          int // the longest run of letters of one case
	distinct                         int
	beyond                           int // bytes that are not ASCII
}

func measure(s string) makeup {
	var m makeup
	var seen [256]bool
	last, run := byte(0), 0
	for i := range len(s) {
		b := s[i]
		if !seen[b] {
			seen[b] = true
			m.distinct++
		}
		kind := byte('o')
		switch {
		case 'a' <= b && b <= 'z':
			m.lower++
			kind = 'l'
		case 'A' <= b && b <= 'Z':
			m.upper++
			kind = 'u'
		case '0' <= b && b <= '9':
			m.digits++
			kind = 'd'
		default:
			m.other++
			if b >= 0x80 {
				m.beyond++
			}
		}
		if isHex(b) {
			m.hex++
		}
		if kind != last {
			if i > 0 {
				m.switches++
			}
			last, run = kind, 0
		}
		if run++; kind != 'd' && kind != 'o' {
			m.longest = max(m.longest, run)
		}
	}
	return m
}

func isHex(b byte) bool {
	return '0' <= b && b <= '9' || 'a' <= b && b <= 'f' || 'A' <= b && b <= 'F'
}

// random reports whether s looks drawn by a machine and not written by a
// person. Entropy alone says as much about the length of a short text as about
// its origin, so pairs of letters are compared with those of written language.
func random(s string) bool {
	if len(s) < 10 || len(s) > longestValue || strings.ContainsAny(s, " \t") {
		return false
	}
	m, e, n := measure(s), entropy(s), len(s)
	switch {
	case m.beyond > 0:
		return false // a language
	case m.digits == n:
		return n >= 12 && e >= 2.2
	case m.hex+strings.Count(s, "-") == n: // hexadecimal, UUID
		return n >= 16 && m.digits > 0 && e >= 2.6
	case m.digits == 0:
		return n >= 16 && e >= 3.2 && language(s) < 0.5 && m.longest < n-1
	}
	if n >= 16 && m.digits*6 >= n && m.switches*3 >= n && e >= 3 {
		return true // letters and digits take turns as in no word
	}
	return e >= 2.8 && language(s) < 0.6
}

// drawn reports whether nobody can guess the value, so that a hash of it gives
// nothing away.
func drawn(s string) bool { return len(s) >= 20 && random(s) }

// language is the share of pairs of neighbouring letters that are common in
// written language: about 0.9 for words, 0.3 for random letters. It is 0 where
// there are too few pairs to tell.
func language(s string) float64 {
	pairs, usual := 0, 0
	for i := 1; i < len(s); i++ {
		a, b := s[i-1], s[i]
		if !isLetter(a) || !isLetter(b) || isLower(a) && isUpper(b) {
			continue
		}
		pairs++
		if pair := int(lower(a)-'a')*26 + int(lower(b)-'a'); usualPairs[pair] {
			usual++
		}
	}
	if pairs < 6 {
		return 0
	}
	return float64(usual) / float64(pairs)
}

// usualPairs are the two hundred most frequent pairs of letters of English and
// of the names in programs.
var usualPairs = pairs(`th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic ne ea ra ce li ch ll be ma si om ur ca el ta la
	ns di fo ho pe ec pr no ct us ac ot il tr ly nc et ut ss so rs un lo wa ge ie wh ee wi em ad ol rt po we na ul ni ts mo ow pa im mi ai sh ir su id os iv ia am fi ci vi pl ig tu ev ld ry mp
	fe bl ab gh ty op wo sa ay ex ke fr oo av ag if ap gr od bo sp rd do uc bu ei ov by rm ep tt oc fa ef cu rn sc gi da yo cr cl du ga qu ue ff ba ey ls va um pp up lu go ht ru ds lt pi rc rr
	eg au ck ew br bi pt ak ui rg ib rk ob mm ph og ms ud ip ub oi cc nn my db pw ws`)

func pairs(list string) (usual [26 * 26]bool) {
	for pair := range strings.FieldsSeq(list) {
		usual[int(pair[0]-'a')*26+int(pair[1]-'a')] = true
	}
	return usual
}

func isLetter(b byte) bool { return isUpper(b) || isLower(b) }

// pronounceable reports whether a word of letters reads as one.
func pronounceable(word string) bool {
	return len(word) > 3 && (language(word) >= 0.6 || len(word) < 7)
}

func isUpper(b byte) bool { return 'A' <= b && b <= 'Z' }
func isLower(b byte) bool { return 'a' <= b && b <= 'z' }
func isDigit(b byte) bool { return '0' <= b && b <= '9' }
func isAlnum(b byte) bool { return isUpper(b) || isLower(b) || isDigit(b) }
func isWord(b byte) bool  { return isAlnum(b) || b == '_' }

// placeholder reports whether the value stands for one: a reference, a
// template, an example, a run of one character.
func placeholder(s string) bool {
	if s == "" {
		return true
	}
	if reference(s) {
		return true
	}
	low := strings.ToLower(s)
	for _, word := range stopWords {
		if strings.Contains(low, word) {
			return true
		}
	}
	return repetitive(low) || examples[s] || encodedSample(s)
}

// reference reports whether the value is taken from elsewhere.
func reference(s string) bool {
	for _, part := range references {
		if strings.Contains(s, part) {
			return true
		}
	}
	if len(s) < 32 && (strings.Contains(s, "%s") || strings.Contains(s, "%v") || strings.Contains(s, "%d")) {
		return true
	}
	switch s[0] {
	case '$', '%', '&', '{', '<', '@', '!', '(':
		if len(s) < 2 || isWord(s[1]) || s[1] == s[0] || strings.IndexByte("{(<", s[0]) >= 0 {
			return !looksStrong(s)
		}
	}
	return false
}

// looksStrong reports whether a value that begins as a reference does is
// rather a password that begins with that sign.
func looksStrong(s string) bool {
	m := measure(s)
	return m.digits > 0 && m.other > 1 && m.upper > 0 && m.lower > 0 && !strings.ContainsAny(s, "{}()<>")
}

// references mark a value that is taken from elsewhere.
var references = []string{
	"${", "{{", "}}", "$(", "<%", "%>", "#{", "((", "...", "…", "****", "####", "••", "[[",
	"ENC[", "ENC(", "vault:", "vault://", "op://", "ssm:", "arn:aws:", "secretsmanager:", "sops:", "keyvault", "KeyVault", "Ref:", "secretKeyRef",
	"process.env", "os.environ", "os.Getenv", "getenv", "env.", "ENV[", "System.get", "secrets.", "var.", "local.", "data.", "module.", "config.", "settings.", "/run/secrets",
}

// stopWords stand in values that were written to be replaced. They are long
// enough not to stand in random text by chance.
var stopWords = []string{
	"example", "sample", "dummy", "changeme", "change-me", "change_me", "changeit", "placeholder", "redacted", "insert", "replace", "your_", "your-", "yourtoken", "yourkey", "yourpass", "yoursecret", "yourapi",
	"my_token", "my-token", "mytoken", "my_secret", "my-secret", "mysecret", "mypassword", "my_password", "my-password", "fixme", "to-be-", "tobereplaced", "not-a-real", "notreal", "not_real", "fake_", "fake-", "fakekey", "faketoken", "bogus", "foobar",
	"goes_here", "goes-here", "goeshere", "_here", "-here", "tokenhere", "stringhere", "xxxx", "-some-", "unused", "undefined", "hidden", "masked", "removed", "omitted", "secret_key", "api_key", "api-key", "access_token", "access-token",
	"abcdefgh", "0123456789", "1234567890", "987654321", "qwerty", "lorem", "deadbeef", "cafebabe", "string", "todo",
}

// examples are values printed in manuals or shared by everybody, which give
// nothing away.
var examples = map[string]bool{
	"AKIAIOSFODNN7EXAMPLE":                     true,
	"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY": true,
	"AKIAI44QH8DHBEXAMPLE":                     true,
	"je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY": true,
	"Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==": true, // Azure storage emulator
	"C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==": true, // Azure Cosmos emulator
	"sk_test_4eC39HqLyjWDarjtT1zdp7dc": true, // Stripe's documentation
	"pk_test_TYooMQauvdEDq54NiTphI7jx": true,
	"AC32a3c49700934481addd5ce1659f04": true, // Twilio's documentation
	"6fe4476ee5a1832882e326b506d14126": true, // Yarn's search key, in every copy of it
	"YII0dGg0X2lzX2Ffc2VjcmV0":         true,
}

// published are the first 16 digits of the SHA-256 of what is printed like an
// example and looks real: the keys in Firebase's SDKs and samples, the passwords
// of NuGet's manual, the tokens of RFC 5849, 6749, 6750 and 7617.
var published = set(`6c96130f130ab0d6 00cf4c781dc37003 ca7459e2b26776de ad71fb4165536675 b8e148545b13c78b a71b359a87afde13
	e9974c507d2a8021 53f5da0aaa93d64c cf4d418ed3de92d7 a35b81a7d7927b70 9d03b692e941d5ac 8d567eb88afff34f
	dba72c00f41f4e4c 27a9a42931dff7eb 49f777db995e8260 a6c814bc555ae62c 8731261cb72d8626 37f8f09bdf12c2f2 eb540d2b6ee2a0a4 2037abcaffb2b777 3a8b61d0f636b007
	4c98242dcadc8b29 ea9bb1082cf95663 3f370c9dd8225c63 a19f89ab3555eac1 e4a5542bb7fd7b67 dc0fcf046c61640c 0b476bdf9acf2123 a0702bc91d699f60`)

// repetitive reports whether few different characters, or steps of one, make
// up the value: xxxxxxxx, 00000000, abcdef123456.
func repetitive(s string) bool {
	if len(s) < 4 {
		return len(s) > 0 && strings.Count(s, s[:1]) == len(s)
	}
	same, steps := 0, 0
	for i := 1; i < len(s); i++ {
		switch s[i] - s[i-1] {
		case 0:
			same++
		case 1, 255:
			if isAlnum(s[i]) && isAlnum(s[i-1]) {
				steps++
			}
		}
	}
	return same*10 >= (len(s)-1)*6 || len(s) >= 8 && (same+steps)*10 >= (len(s)-1)*6
}
