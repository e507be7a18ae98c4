// Package nearest finds the word that somebody probably meant who wrote
// another one: a misspelt setting protects nobody, and a message that names the
// right word is the shortest way to it.
//
//	nearest.Of("defualt-src", directives, 4) // "default-src"
//
// It compares bytes and knows nothing of languages. How far off a word may be
// is for the caller to say.
package nearest

// maxWord bounds what is compared, in bytes: the time grows with its square.
const maxWord = 128

// Of returns the first of the candidates with the fewest edits from word, if
// these are fewer than limit, and "" otherwise.
func Of[S ~string](word string, candidates []S, limit int) string {
	best := ""
	for _, c := range candidates {
		if d := Edits(word, string(c), limit); d < limit {
			best, limit = string(c), d
		}
	}
	return best
}

// Edits is the number of bytes to insert, remove, replace or swap with their
// neighbour to turn a into b, or limit if it is not less. A word longer than
// 128 bytes is as far off as the limit.
func Edits(a, b string, limit int) int {
	if limit <= 0 || len(a)-len(b) >= limit || len(b)-len(a) >= limit || len(a) > maxWord || len(b) > maxWord {
		return limit
	}
	before, row, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row, next = row, next, before
	}
	return min(row[len(b)], limit)
}
