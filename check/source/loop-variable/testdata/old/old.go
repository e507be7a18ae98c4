//go:build go1.21

package old

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sort"
	"sync"
	"time"
)

type name struct {
	text  string
	owner *name
	parts [2]string
}

func (n *name) check()       {}
func (n name) plain()        {}
func (n *name) Close() error { return nil }

var all []*name

func kept(names []name, byText map[string]*name, out chan *name) {
	for _, n := range names {
		all = append(all, &n) // want "all keeps n, which all steps"
	}
	for _, n := range names {
		byText[n.text] = &n // want "byText keeps n"
		out <- &n           // want "the channel is sent n"
	}
	var texts []*string
	for _, n := range names {
		texts = append(texts, &n.text) // want "texts keeps n"
	}
	for _, n := range names {
		all = append(all, &name{owner: &n}) // want "all keeps n"
	}
	for _, n := range names {
		p := &n // want "all keeps n"
		q := p
		all = append(all, q)
	}
	var parts [][]string
	for _, n := range names {
		parts = append(parts, n.parts[:]) // want "parts keeps n"
	}
	_, _ = texts, parts
}

func keep(n *name) { all = append(all, n) }

func keepLater(n *name) {
	go func() { n.check() }()
}

func passOn(n *name) { keep(n) }

func same(n *name) *name { return n }

func read(n *name) string { return n.text }

func through(names []name) {
	for _, n := range names {
		keep(&n) // want "keep keeps n"
	}
	for _, n := range names {
		passOn(&n) // want "passOn keeps n"
	}
	for _, n := range names {
		keepLater(&n) // want "keepLater keeps n"
	}
	for _, n := range names {
		all = append(all, same(&n)) // want "all keeps n"
	}
	for _, n := range names {
		_ = read(&n)
	}
}

func runLater(names []name, handlers map[string]func()) {
	var wg sync.WaitGroup
	for i, n := range names {
		wg.Add(1)
		go func() { // want "a goroutine sees i and n"
			defer wg.Done()
			fmt.Println(i, n.text)
		}()
	}
	wg.Wait()
	for _, n := range names {
		go n.check() // want "a goroutine sees n"
		go n.plain()
		defer n.Close() // want "what is deferred sees n"
	}
	for _, n := range names {
		defer func() { fmt.Println(n.text) }() // want "what is deferred sees n"
	}
	for _, n := range names {
		handlers[n.text] = func() { fmt.Println(n.text) } // want "handlers keeps n"
	}
	for _, n := range names {
		http.HandleFunc("/"+n.text, func(w http.ResponseWriter, r *http.Request) { // want "HandleFunc keeps n"
			fmt.Fprintln(w, n.text)
		})
		time.AfterFunc(time.Second, func() { fmt.Println(n.text) }) // want "AfterFunc keeps n"
	}
	for i := 0; i < 3; i++ {
		go func() { fmt.Println(i) }() // want "a goroutine sees i"
	}
	for _, n := range names {
		run := func() { fmt.Println(n.text) } // want "a goroutine sees n"
		go run()
	}
}

type bus interface {
	Subscribe(func())
	Each(func())
	Enqueue(*name)
	Load(*name)
	Append([]string)
}

func others(names []name, b bus) {
	for _, n := range names {
		b.Subscribe(func() { fmt.Println(n.text) }) // want "Subscribe seems to keep n"
		b.Each(func() { fmt.Println(n.text) })
		b.Enqueue(&n) // want "Enqueue seems to keep n"
		b.Load(&n)
		b.Append(n.parts[:])
	}
}

func printed(pointers []*name, names []name) {
	for _, p := range pointers {
		fmt.Println(&p) // want "the address itself is printed of p"
		fmt.Println(&p.text)
	}
	for _, n := range names {
		fmt.Println(&n, n.text)
		_ = fmt.Sprintf("%p", &n.text) // want "the address itself is printed of n"
	}
}

func atOnce(names []name, text []byte, found *name) *name {
	for _, n := range names {
		n.check()
		(&n).check()
		_ = json.Unmarshal(text, &n)
		func() { fmt.Println(n.text) }()
		sort.Slice(all, func(i, j int) bool { return all[i].text < n.text })
		func() {
			defer func() { fmt.Println(n.text) }()
		}()
	}
	for _, n := range names {
		n := n
		all = append(all, &n)
		go func() { fmt.Println(n.text) }()
	}
	for _, n := range names {
		go func(n name) { fmt.Println(n.text) }(n)
	}
	for _, n := range names {
		var wg sync.WaitGroup
		wg.Add(1)
		go func() { defer wg.Done(); fmt.Println(n.text) }()
		wg.Wait()
		done := make(chan bool)
		go func() { fmt.Println(n.text); done <- true }()
		<-done
	}
	for _, n := range names {
		if n.text == "a" {
			found = &n
			break
		}
		if n.text == "b" {
			return &n
		}
	}
	var last *name
	for _, n := range names {
		switch n.text {
		case "a":
			last = &n // want "last keeps n"
		}
		fmt.Println(last)
		last = &n // want "last keeps n"
	}
	for _, n := range names {
		last = &n // the last one, in every Go
	}
	for _, n := range names {
		if n.text == "" {
			continue
		}
		last = &n // want "last keeps n"
	}
	for i := range names {
		all = append(all, &names[i])
	}
	for _, p := range all {
		all = append(all, p)
		texts := []*string{&p.text}
		_ = texts
	}
	_, _ = found, last
	return nil
}
