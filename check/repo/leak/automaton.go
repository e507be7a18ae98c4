package leak

// An automaton finds many keywords in one pass (Aho and Corasick, 1975),
// without regard to the case of ASCII letters. It is immutable once built.
type automaton struct {
	class   [256]uint8 // byte → column; 0 is every byte that no keyword has
	columns int
	next    []uint16  // state*columns+class → state
	found   [][]int16 // state → keywords that end here, nil for most
}

func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}

// newAutomaton builds the automaton for keywords in lower case.
func newAutomaton(keywords []string) *automaton {
	a := &automaton{columns: 1}
	for _, word := range keywords {
		for i := range len(word) {
			if b := word[i]; a.class[b] == 0 {
				a.class[b] = uint8(a.columns)
				a.columns++
			}
		}
	}
	for b := byte('A'); b <= 'Z'; b++ {
		a.class[b] = a.class[lower(b)]
	}
	states := 1
	a.next = make([]uint16, a.columns)
	a.found = make([][]int16, 1)
	for k, word := range keywords {
		at := 0
		for i := range len(word) {
			slot := at*a.columns + int(a.class[word[i]])
			if a.next[slot] == 0 {
				a.next[slot] = uint16(states)
				a.next = append(a.next, make([]uint16, a.columns)...)
				a.found = append(a.found, nil)
				states++
			}
			at = int(a.next[slot])
		}
		a.found[at] = append(a.found[at], int16(k))
	}
	a.link(states)
	return a
}

// link turns the tree of keywords into an automaton that never goes back in
// the text: a missing step leads to where the longest suffix would be.
func (a *automaton) link(states int) {
	fail := make([]int, states)
	var queue []int
	for c := range a.columns {
		if to := int(a.next[c]); to != 0 {
			queue = append(queue, to)
		}
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		a.found[at] = append(a.found[at], a.found[fail[at]]...)
		for c := range a.columns {
			slot := at*a.columns + c
			back := int(a.next[fail[at]*a.columns+c])
			if to := int(a.next[slot]); to != 0 {
				fail[to] = back
				queue = append(queue, to)
			} else {
				a.next[slot] = uint16(back)
			}
		}
	}
}

// each calls hit with every keyword found and the offset of its last byte.
func (a *automaton) each(text []byte, hit func(keyword, last int)) {
	state, columns := 0, a.columns
	for i, b := range text {
		state = int(a.next[state*columns+int(a.class[b])])
		if found := a.found[state]; found != nil {
			for _, k := range found {
				hit(int(k), i)
			}
		}
	}
}
