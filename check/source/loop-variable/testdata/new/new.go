package new

import "fmt"

var all []*string

func kept(names []string) {
	for i, n := range names {
		all = append(all, &n)
		go func() { fmt.Println(i, n) }()
	}
}
