package manage

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// A progress shows on the terminal how far long work has come. It shows
// nothing before the work has taken a moment, and nothing if standard error is
// no terminal. It is safe for concurrent use.
type progress struct {
	mu    sync.Mutex
	out   io.Writer // nil shows nothing
	now   func() time.Time
	what  string
	began time.Time
	last  time.Time
	shown bool
}

func newProgress(env *Env, what string) *progress {
	p := &progress{now: env.Now, what: what, began: env.Now()}
	if env.StderrTerminal && env.Getenv("TERM") != "dumb" {
		p.out = env.Stderr
	}
	return p
}

const (
	progressAfter = 400 * time.Millisecond
	progressEvery = 100 * time.Millisecond
)

// step says that done of total are done, the last of them being item.
func (p *progress) step(done, total int, item string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if p.out == nil || now.Sub(p.began) < progressAfter || now.Sub(p.last) < progressEvery {
		return
	}
	p.last, p.shown = now, true
	fmt.Fprintf(p.out, "\r\x1b[K%d of %d %s  %s", done, total, p.what, item)
}

// done takes the line away.
func (p *progress) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}
