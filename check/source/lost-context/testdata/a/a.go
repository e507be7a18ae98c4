package a

import (
	"context"
	"net/http"
	"time"
)

func ignored(ctx context.Context) context.Context {
	child, _ := context.WithTimeout(ctx, time.Second) // want "nobody calls the cancel function of WithTimeout"
	return child
}

func deferred(ctx context.Context) {
	_, cancel := context.WithCancel(ctx)
	defer cancel()
}

func returned(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithCancel(ctx)
}

func renamed(ctx context.Context) {
	_, cancel := context.WithCancel(ctx)
	stop := (func())(cancel)
	defer func() { stop() }()
}

type job struct{ stop, lost func() }

func (j *job) start(ctx context.Context) {
	_, j.stop = context.WithCancel(ctx)
	_, j.lost = context.WithCancel(ctx) // want "nobody calls the cancel function of WithCancel"
}

func (j *job) close() { j.stop() }

var shutdown, never func()

func setUp() {
	_, shutdown = context.WithCancel(context.Background())
	_, never = context.WithCancel(context.Background()) // want "nobody calls the cancel function of WithCancel"
}

func tearDown() { shutdown() }

func handler(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	go func() { work(context.Background()) }() // want "the goroutine takes a background context"
	go work(context.WithoutCancel(ctx))
}

func detached(w http.ResponseWriter, r *http.Request) {
	go func() { work(context.Background()) }()
}

func work(context.Context) {}

func poll(ctx context.Context) {
	for {
		http.Get("https://example.com") // want "the loop never ends"
	}
}

func polite(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		default:
			time.Sleep(time.Second)
		}
	}
}

func bounded(ctx context.Context) {
	for range 3 {
		time.Sleep(time.Second)
	}
}

func boxed(ctx context.Context) {
	_, cancel := context.WithCancel(ctx)
	var box any = cancel
	defer box.(context.CancelFunc)()
}

func boxedAsAnother(ctx context.Context) {
	_, cancel := context.WithCancel(ctx) // want "nobody calls the cancel function of WithCancel"
	var box any = cancel
	defer box.(func())() // panics: the type is another one
}

func boxedAndPassed(ctx context.Context, keep func(any)) {
	_, cancel := context.WithCancel(ctx)
	keep(cancel)
}

func boxedAndTested(ctx context.Context) {
	_, cancel := context.WithCancel(ctx)
	var box any = cancel
	if stop, ok := box.(context.CancelFunc); ok {
		defer stop()
	}
}
