package services

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Redis starts a Redis server for this test alone and returns its URL. A test
// that needs to pause or kill it calls [OwnRedis].
func Redis(tb testing.TB) string {
	tb.Helper()
	u, _ := OwnRedis(tb)
	return u
}

// OwnRedis starts a Redis server, without persistence and with the extra
// options of args (as in "--maxmemory", "3mb"), and returns its URL.
func OwnRedis(tb testing.TB, args ...string) (string, *Process) {
	tb.Helper()
	if !slices.Contains(args, "--cluster-enabled") {
		return RedisOn(tb, Port(tb), args...)
	}
	own, bus, err := reserveBoth()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(own.release)
	tb.Cleanup(bus.release)
	return RedisOn(tb, own.port, args...)
}

// RedisOn starts a Redis server on the given port, so that a test can bring a
// server back where an earlier one was killed.
func RedisOn(tb testing.TB, port int, args ...string) (string, *Process) {
	tb.Helper()
	dir := ownFolder(tb)
	p := startRedis(tb, port, dir, append([]string{"--port", strconv.Itoa(port), "--bind", "127.0.0.1",
		"--save", "", "--appendonly", "no", "--dir", dir, "--loglevel", "warning"}, args...)...)
	return fmt.Sprintf("redis://127.0.0.1:%d/0", port), p
}

// Sentinel starts a Sentinel that watches the server on the port master under
// the name mymaster. It holds nothing for down before a test tells it to, with
// SENTINEL SET mymaster down-after-milliseconds.
func Sentinel(tb testing.TB, master int) *Process {
	tb.Helper()
	dir, port := ownFolder(tb), Port(tb)
	file := filepath.Join(dir, "sentinel.conf") // Sentinel writes to it, too
	conf := fmt.Sprintf("port %d\nbind 127.0.0.1\nsentinel monitor mymaster 127.0.0.1 %d 1\n"+
		"sentinel down-after-milliseconds mymaster 600000\nsentinel failover-timeout mymaster 2000\n", port, master)
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		tb.Fatal(err)
	}
	if err := give(file); err != nil {
		tb.Fatal(err)
	}
	return startRedis(tb, port, dir, file, "--sentinel")
}

func ownFolder(tb testing.TB) string {
	tb.Helper()
	dir, err := folder()
	if err != nil {
		tb.Fatal(err)
	}
	return dir
}

// startRedis starts the program and waits until it answers on the port.
func startRedis(tb testing.TB, port int, dir string, args ...string) *Process {
	tb.Helper()
	server, ok := find(nil, "redis-server", "valkey-server")
	if !ok {
		tb.Fatal("no Redis found; hint: apt-get install redis-server, or run make test, which does")
	}
	p, err := start(dir, server, args...)
	if err != nil {
		tb.Fatal(err)
	}
	p.Port = port
	tb.Cleanup(func() {
		p.Kill()
		os.RemoveAll(dir)
	})
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	if err := p.await(func() error { return pingRedis(address) }); err != nil {
		tb.Fatalf("starting Redis: %v", err)
	}
	return p
}

func pingRedis(address string) error {
	conn, err := net.DialTimeout("tcp", address, probe)
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(probe))
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		return err
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return err
	}
	if !strings.HasPrefix(line, "+PONG") && !strings.HasPrefix(line, "-NOAUTH") {
		return fmt.Errorf("redis answered %q", line)
	}
	return nil
}
