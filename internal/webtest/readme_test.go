package webtest_test

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestReadmeFirstCommand runs the first command of the README in a fresh clone,
// to the letter but for the port, and asks for the page.
func TestReadmeFirstCommand(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := strings.Cut(string(readme), "```sh\n")
	command, _, _ := strings.Cut(block, "#")
	if command = strings.TrimSpace(command); command != "go run ./cmd/merlon serve --dev" {
		t.Fatalf("the README begins with %q", command)
	}
	clone := filepath.Join(t.TempDir(), "merlon")
	if out, err := exec.Command("git", "clone", "-q", root, clone).CombinedOutput(); err != nil {
		t.Fatalf("git clone: %v\n%s", err, out)
	}
	cmd := exec.Command("sh", "-c", "exec "+command+" --listen 127.0.0.1:0")
	cmd.Dir = clone
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = write, write
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) // go run and what it runs
		cmd.Wait()
	})
	read.SetReadDeadline(time.Now().Add(20 * time.Minute)) // a first build compiles SQLite
	var printed strings.Builder
	for {
		part := make([]byte, 4096)
		n, err := read.Read(part)
		printed.Write(part[:n])
		if _, rest, ok := strings.Cut(printed.String(), "is up at "); ok && strings.Contains(rest, "\n") {
			address, _, _ := strings.Cut(rest, "\n")
			res, err := http.Get(strings.TrimSpace(address))
			if err != nil {
				t.Fatal(err)
			}
			page, err := io.ReadAll(res.Body)
			res.Body.Close()
			if err != nil || res.StatusCode != 200 || !strings.Contains(string(page), "What protects this request") {
				t.Errorf("status %d, %v:\n%s", res.StatusCode, err, page)
			}
			return
		}
		if err != nil {
			t.Fatalf("%v; it printed:\n%s", err, &printed)
		}
	}
}
