package source

import "sync"

// ordered calls f for every item after those it needs, several at a time. A
// circle is cut at one of its items, which is then done before what it needs;
// needs outside of items are ignored.
func ordered[T comparable](workers int, items []T, needs func(T) []T, f func(T)) {
	waits, blocks := dependencies(items, needs)
	ready := make(chan T, len(items))
	for _, item := range items {
		if waits[item] == 0 {
			ready <- item
		}
	}
	var (
		mu   sync.Mutex
		wg   sync.WaitGroup
		left = len(items)
	)
	if left == 0 {
		return
	}
	for range min(workers, len(items)) {
		wg.Go(func() {
			for item := range ready {
				f(item)
				mu.Lock()
				for _, other := range blocks[item] {
					if waits[other]--; waits[other] == 0 {
						ready <- other
					}
				}
				if left--; left == 0 {
					close(ready)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

// dependencies counts for each item what it waits for and lists who waits for
// it, with circles cut.
func dependencies[T comparable](items []T, needs func(T) []T) (waits map[T]int, blocks map[T][]T) {
	const (
		open = iota + 1
		done
	)
	known := make(map[T]bool, len(items))
	for _, item := range items {
		known[item] = true
	}
	waits, blocks = make(map[T]int, len(items)), make(map[T][]T, len(items))
	state := make(map[T]int, len(items))
	var visit func(T)
	visit = func(item T) {
		state[item] = open
		seen := map[T]bool{item: true}
		for _, need := range needs(item) {
			if !known[need] || seen[need] {
				continue
			}
			seen[need] = true
			if state[need] == 0 {
				visit(need)
			}
			if state[need] == open {
				continue // the way back of a circle
			}
			waits[item]++
			blocks[need] = append(blocks[need], item)
		}
		state[item] = done
	}
	for _, item := range items {
		if state[item] == 0 {
			visit(item)
		}
	}
	return waits, blocks
}

// maxSource is how many bytes of source are analysed at a time. What a package
// takes while it is analysed is some hundred times its source: two large ones
// side by side would be the whole program's peak.
const maxSource = 400_000

// A room admits so much at a time; what is larger is admitted alone.
type room struct {
	mu   sync.Mutex
	free sync.Cond
	all  int
	used int
}

func newRoom(size int) *room {
	r := &room{all: size}
	r.free.L = &r.mu
	return r
}

// enter waits until there is room, and returns what to give to leave.
func (r *room) enter(n int) int {
	n = min(n, r.all)
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.used+n > r.all {
		r.free.Wait()
	}
	r.used += n
	return n
}

func (r *room) leave(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.used -= n
	r.free.Broadcast()
}
