package check

// nearest returns "; did you mean X?" for the rule whose id is closest, or ""
// if none is close.
func nearest(id string, rules []Rule) string {
	if near := Nearest(id, rules); near != "" {
		return "; did you mean " + near + "?"
	}
	return ""
}

// Nearest returns the id of the rule that id was most likely meant to be, or
// "" if none is close.
func Nearest(id string, rules []Rule) string {
	id = clip(id)
	best, least := "", len(id)/3+1
	for i := range rules {
		if d := distance(id, rules[i].ID); d <= least && (best == "" || d < least) {
			best, least = rules[i].ID, d
		}
	}
	return best
}

// distance is the number of bytes to insert, remove, replace or swap with
// their neighbour to turn a into b.
func distance(a, b string) int {
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
	return row[len(b)]
}
