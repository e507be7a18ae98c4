package leak_test

import (
	"math/rand/v2"
	"regexp/syntax"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/check/repo/leak"
)

// drawFrom writes a text that the expression matches, drawn anew with each call.
func drawFrom(r *rand.Rand, e *syntax.Regexp) string {
	switch e.Op {
	case syntax.OpLiteral:
		return string(e.Rune)
	case syntax.OpCharClass:
		// Of what is drawn letters and digits are most.
		var chars []rune
		for i := 0; i < len(e.Rune); i += 2 {
			for c := e.Rune[i]; c <= e.Rune[i+1] && c < 0x7f; c++ {
				chars = append(chars, c)
			}
		}
		if few := strings.Map(func(c rune) rune {
			if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
				return c
			}
			return -1
		}, string(chars)); few != "" {
			chars = []rune(few)
		}
		return string(chars[r.IntN(len(chars))])
	case syntax.OpCapture:
		return drawFrom(r, e.Sub[0])
	case syntax.OpPlus, syntax.OpStar, syntax.OpQuest:
		least, most := 0, 12
		if e.Op == syntax.OpPlus {
			least, most = 10, 12
		}
		if e.Op == syntax.OpQuest {
			most = 0
		}
		return many(r, e.Sub[0], least, most)
	case syntax.OpRepeat:
		return many(r, e.Sub[0], e.Min, e.Min)
	case syntax.OpAlternate:
		return drawFrom(r, e.Sub[r.IntN(len(e.Sub))])
	}
	var b strings.Builder
	for _, sub := range e.Sub {
		b.WriteString(drawFrom(r, sub))
	}
	return b.String()
}

func many(r *rand.Rand, e *syntax.Regexp, least, most int) string {
	var b strings.Builder
	for range least + r.IntN(most-least+1) {
		b.WriteString(drawFrom(r, e))
	}
	return b.String()
}

// TestEveryKindIsFound where it stands alone in quotes, whatever it is assigned
// to, and by no name. Values are drawn here, so that none stands in this file.
func TestEveryKindIsFound(t *testing.T) {
	seen := map[string]bool{}
	for _, kind := range leak.Kinds() {
		e, err := syntax.Parse(kind[1], syntax.Perl)
		if err != nil {
			t.Fatal(kind[0], err)
		}
		r := rand.New(rand.NewPCG(1, uint64(len(kind[1]))))
		const tries = 16
		found := 0
		example := ""
		for range tries {
			token := drawFrom(r, e)
			leaks := leak.Scan("deploy.sh", []byte("go --with \""+token+"\" now\n"))
			if len(leaks) == 1 && leaks[0].Confidence == leak.High && leaks[0].Length >= len(token)-4 {
				found++
			} else {
				example = token
			}
		}
		if found < tries*3/4 { // what is drawn may look like a sequence by chance
			t.Errorf("%s: %d of %d found; not %q", kind[0], found, tries, example)
		}
		seen[kind[0]] = true
	}
	if len(seen) < 160 {
		t.Errorf("%d kinds", len(seen))
	}
}
