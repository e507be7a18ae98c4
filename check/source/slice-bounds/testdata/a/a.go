package a

func constant() byte {
	b := make([]byte, 4)
	return b[3] + b[4] // want "index 4 of a length of 4"
}

func loop() {
	var a [20]int
	for i := 18; i <= 20; i++ {
		a[i] = i // want "index up to 20 of a length of 20"
	}
	for i := range a {
		a[i] = i
	}
	for i := 0; i < len(a)-1; i++ {
		a[i] = a[i+1]
	}
}

func capacity() []byte {
	b := make([]byte, 0, 4)
	b = b[:4]
	return b[:5] // want "sliced at 5 with room for 4"
}

func checked(n int) int {
	a := [4]int{}
	if n >= 0 && n < 4 {
		return a[n]
	}
	return a[n] // nothing is known of n
}

func appended() int {
	a := make([]int, 1)
	for i := range 9 {
		a = append(a, i)
	}
	return a[5]
}

func dead() byte {
	b := make([]byte, 0)
	if len(b) > 0 {
		return b[0]
	}
	return 0
}

func first(b []byte) []byte {
	return b[:8] // want "sliced at 8 with room for 4"
}

func calls() { first(make([]byte, 16)); first(make([]byte, 4)) }

func table(n int) int {
	a := [4]int{}
	return a[n&7]
}

func second(b []byte) byte {
	if b != nil {
		return b[1]
	}
	return 0
}

func without() { second(nil); second(make([]byte, 2)) }
