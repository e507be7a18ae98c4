package source

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/build"
	"os/exec"
	"strings"
	"time"
)

// A toolchain is what the go command says about itself and its environment.
type toolchain struct {
	GOROOT, GOVERSION, GOMODCACHE string
	GOOS, GOARCH, GOFLAGS, GOWORK string
	CGO_ENABLED, GOEXPERIMENT     string
	problem                       string // why the go command could not be asked
}

// askToolchain asks the go command, which must not go to the network for
// another version of itself.
func askToolchain(ctx context.Context, dir string) *toolchain {
	t := &toolchain{}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute) // a slow machine answers within
	defer cancel()
	// By their names: for all of them it would ask the C compiler, too.
	cmd := exec.CommandContext(ctx, "go", "env", "-json", "GOROOT", "GOVERSION", "GOMODCACHE", "GOOS", "GOARCH", "GOFLAGS", "GOWORK", "CGO_ENABLED", "GOEXPERIMENT")
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), "GOTOOLCHAIN=local", "GOPROXY=off")
	out, err := cmd.Output()
	if err == nil {
		err = json.Unmarshal(out, t)
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		if line, _, _ := strings.Cut(strings.TrimSpace(string(exit.Stderr)), "\n"); line != "" {
			err = errors.New(line)
		}
	}
	if err != nil {
		t.problem = fmt.Sprintf("the go command does not answer (%v): the standard library is looked for where this program was built", err)
		d := build.Default
		t.GOROOT, t.GOOS, t.GOARCH = d.GOROOT, d.GOOS, d.GOARCH
	}
	return t
}

// context returns the build context of a platform; tags are added to those
// that GOFLAGS sets.
func (t *toolchain) context(p platform) build.Context {
	c := build.Default
	c.GOROOT, c.GOPATH = t.GOROOT, ""
	c.GOOS, c.GOARCH = p.os, p.arch
	c.CgoEnabled = p.cgo
	c.BuildTags = nil
	for flag := range strings.FieldsSeq(t.GOFLAGS) {
		if tags, ok := strings.CutPrefix(strings.TrimPrefix(flag, "-"), "-tags="); ok {
			c.BuildTags = append(c.BuildTags, strings.Split(tags, ",")...)
		} else if tags, ok := strings.CutPrefix(flag, "-tags="); ok {
			c.BuildTags = append(c.BuildTags, strings.Split(tags, ",")...)
		}
	}
	if p.tags != "" {
		c.BuildTags = append(c.BuildTags, strings.Split(p.tags, ",")...)
	}
	return c
}

// identity is what of the toolchain changes results.
func (t *toolchain) identity() string {
	return strings.Join([]string{t.GOVERSION, t.GOOS, t.GOARCH, t.GOFLAGS, t.CGO_ENABLED, t.GOEXPERIMENT}, "\x00")
}

// A platform is what build constraints are judged by.
type platform struct {
	os, arch string
	cgo      bool
	tags     string // separated by commas
}

func (t *toolchain) platform() platform { return platform{os: t.GOOS, arch: t.GOARCH, cgo: true} }
