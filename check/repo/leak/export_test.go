package leak

// Kinds are the kinds of tokens with the expression of each.
func Kinds() [][2]string {
	var list [][2]string
	for i := range shapes {
		list = append(list, [2]string{shapes[i].kind, shapes[i].pattern})
	}
	return list
}
