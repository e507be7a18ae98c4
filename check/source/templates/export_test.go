package templates

// Judge returns where the rules find something in a text.
func Judge(text []byte) [][2]int {
	var list [][2]int
	for _, judge := range []func([]byte) []spot{attributes, scripts, forms} {
		for _, s := range judge(text) {
			list = append(list, [2]int{s.start, s.end})
		}
	}
	return list
}
