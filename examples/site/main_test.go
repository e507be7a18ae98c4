package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/merlon-go/merlon/internal/services"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"site": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("PORT", strconv.Itoa(services.Port(t)))
			e.Setenv("KEY", "hR7mQ0vZ3kXw9TfB2nLdYc5sJpA8eGuI1oVx6KzNq4M")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"get": get},
	})
}

// get asks for a page until somebody answers, and prints header and body.
func get(ts *testscript.TestScript, neg bool, args []string) {
	deadline := time.Now().Add(3 * time.Minute)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		response, err := http.Get(args[0])
		if err == nil {
			defer response.Body.Close()
			body, err := io.ReadAll(response.Body)
			ts.Check(err)
			ts.Check(response.Header.Write(ts.Stdout()))
			fmt.Fprintf(ts.Stdout(), "\n%s\n", body)
			if (response.StatusCode >= 400) != neg {
				ts.Fatalf("%s", response.Status)
			}
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("nobody answers: %v", err)
		}
		<-tick.C
	}
}

// TestTheProgramIsShort: what the README promises.
func TestTheProgramIsShort(t *testing.T) {
	text, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(string(text), "func main()")
	if n := strings.Count(body, "\n"); n > 10 {
		t.Errorf("main has %d lines", n)
	}
}
