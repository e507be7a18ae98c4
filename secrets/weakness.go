package secrets

import (
	"math"
	"strings"
	"unicode/utf8"
)

// What a key must reach. A key of exactly 32 random bytes, in hexadecimal or
// base64, passes; chance repetitions in it are what enoughAfterDiscount allows for.
const (
	enoughBits          = 256
	enoughAfterDiscount = 192
	enoughDistinct      = 5
	longestJudged       = 4096 // what follows adds nothing and costs time
)

// Weakness says in a few words what is wrong with a key that a person may have
// chosen, or returns "" if nothing is. It is Django's rule (security.W009 and
// W025: 50 characters, 5 distinct ones, no sample prefix) with the length
// replaced by an estimate of entropy that repetitions, sequences, keyboard
// walks, sample words and prose do not fool. The text never holds a part of the key.
//
// An estimate can refuse what is weak for a known reason; it cannot prove that
// a key is random.
func Weakness(key Secret) string {
	text := key.Reveal()
	if text == "" {
		return "is empty"
	}
	if len(text) > longestJudged {
		text = text[:longestJudged]
	}
	if utf8.ValidString(text) {
		text = strings.TrimSpace(text)
	}
	switch {
	case sample(text):
		return "is a sample value or begins like one"
	case distinct(text) < enoughDistinct:
		return "has fewer than 5 distinct characters"
	case float64(len(text))*bitsPerByte(text) < enoughBits:
		return "has less than 256 bits of entropy, that is 32 random bytes"
	case prose(text):
		return "is made of words, which hold far less entropy than random characters"
	case discounted(text) < enoughAfterDiscount:
		return "repeats a pattern or follows a sequence or the keyboard"
	}
	return ""
}

func distinct(text string) int {
	seen := make(map[rune]bool)
	for _, r := range text {
		seen[r] = true
	}
	return len(seen)
}

// samplePrefixes are beginnings, in lower case without punctuation, of keys
// found in tutorials, templates and compose files.
var samplePrefixes = []string{
	"djangoinsecure", "insecure", "changeme", "changethis", "pleasechange", "replaceme", "replacethis", "replacewith",
	"secret", "yoursecret", "mysecret", "supersecret", "topsecret", "notsecret", "verysecret", "thisisnotasecret", "thisisasecret",
	"example", "default", "password", "placeholder", "development", "testkey", "testsecret", "devkey", "devsecret",
	"insertkey", "insertsecret", "generatea", "todochange", "thisisthe", "somesecret", "keyboardcat", "lorem", "foobar",
}

func sample(text string) bool {
	if len(text) > 256 {
		text = text[:256]
	}
	plain := strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			return r
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		}
		return -1
	}, text)
	for _, p := range samplePrefixes {
		if strings.HasPrefix(plain, p) {
			return true
		}
	}
	return false
}

// bitsPerByte is the logarithm of the smallest usual alphabet that text could
// have been drawn from.
func bitsPerByte(text string) float64 {
	var lower, upper, digit, wide, control bool
	hex := true
	special := make(map[byte]bool)
	for _, c := range []byte(strings.TrimRight(text, "=")) {
		switch {
		case 'a' <= c && c <= 'z':
			lower = true
			hex = hex && c <= 'f'
		case 'A' <= c && c <= 'Z':
			upper = true
			hex = hex && c <= 'F'
		case '0' <= c && c <= '9':
			digit = true
		case c >= utf8.RuneSelf:
			wide = true
		case c < ' ' || c == 0x7f:
			control = true
		default:
			special[c] = true
		}
	}
	switch {
	case (wide || control) && !utf8.ValidString(text):
		return 8 // random bytes
	case wide:
		return 2.5 // letters of one alphabet, two or three bytes each
	case hex && len(special) == 0 && !(lower && upper) && !(digit && !lower && !upper):
		return 4
	}
	size := len(special)
	switch {
	case lower && upper: // base64 or base62; a missing digit is chance
		size += 62
	default:
		if lower || upper {
			size += 26
		}
		if digit {
			size += 10
		}
	}
	return math.Log2(float64(max(size, 2)))
}

// shortestPattern is the length from which a repetition or a sequence is not
// chance any more.
const shortestPattern = 4

// discounted is the estimate of entropy in which a stretch that was seen
// before, counts up or down, stands still or walks along the keyboard is worth
// one character.
func discounted(text string) float64 {
	lower := strings.ToLower(text)
	if len(lower) != len(text) {
		lower = text
	}
	effective := 0
	for i := 0; i < len(lower); {
		step := max(run(lower[i:]), walk(lower[i:]), seen(lower, i))
		if step < shortestPattern {
			step = 1
		}
		i += step
		effective++
	}
	return float64(effective) * bitsPerByte(text)
}

// run is the length of the sequence with a constant difference of -1, 0 or 1
// that text begins with.
func run(text string) int {
	if len(text) < 2 {
		return len(text)
	}
	step := int(text[1]) - int(text[0])
	if step < -1 || step > 1 {
		return 1
	}
	n := 2
	for n < len(text) && int(text[n])-int(text[n-1]) == step {
		n++
	}
	return n
}

// keyboard rows, read in both directions.
var keyboardRows = []string{
	"1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop", "qsdfghjklm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik", "!@#$%^&*()",
	"0987654321", "poiuytrewq", "lkjhgfdsa", "mnbvcxz", "poiuztrewq", "poiuytreza", "mlkjhgfdsq", ")(*&^%$#@!",
}

func walk(text string) int {
	longest := 0
	for _, row := range keyboardRows {
		at := strings.IndexByte(row, text[0])
		if at < 0 {
			continue
		}
		n := 0
		for n < len(text) && at+n < len(row) && text[n] == row[at+n] {
			n++
		}
		longest = max(longest, n)
	}
	return longest
}

// seen is the length of the longest text at i that also begins before i.
func seen(text string, i int) int {
	longest := 0
	for j := range i {
		n := 0
		for i+n < len(text) && text[j+n] == text[i+n] {
			n++
		}
		longest = max(longest, n)
	}
	return longest
}

// letterBits is the information of each letter a-z in English text, rounded;
// German, French and Spanish are near enough.
var letterBits = [26]float64{3.6, 6.1, 5.2, 4.6, 3.0, 5.5, 5.6, 4.0, 3.8, 9.4, 7.0, 4.6, 5.4, 3.9, 3.7, 5.7, 10, 4.1, 4.0, 3.5, 5.2, 6.7, 5.4, 9.4, 5.7, 10}

// prose reports whether text has the letter frequencies of language: letters
// drawn at random need 5.6 bits each under that code, words about 4.2, and
// words chosen for their rare letters 4.8.
func prose(text string) bool {
	letters, capitals, digits, gaps, bits := 0, 0, 0, 0, 0.0
	for _, c := range []byte(text) {
		if 'A' <= c && c <= 'Z' {
			capitals++
			c += 'a' - 'A'
		}
		switch {
		case 'a' <= c && c <= 'z':
			letters++
			bits += letterBits[c-'a']
		case '0' <= c && c <= '9':
			digits++
		case c == ' ' || c == '-' || c == '_' || c == '.':
			gaps++
		}
	}
	mixed := capitals*4 > letters && (letters-capitals)*4 > letters // nobody writes like that
	if letters < 20 || mixed || digits*20 > len(text) || letters*4 < len(text)*3 {
		return false
	}
	limit := 4.5
	if gaps >= letters/10 {
		limit = 5 // written as words
	}
	return bits/float64(letters) < limit
}
