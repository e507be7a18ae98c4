package services

import (
	"bufio"
	"fmt"
	"net"
	"os"
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
	port, err := sparePort()
	if err != nil {
		tb.Fatal(err)
	}
	return RedisOn(tb, port, args...)
}

// RedisOn starts a Redis server on the given port, so that a test can bring a
// server back where an earlier one was killed.
func RedisOn(tb testing.TB, port int, args ...string) (string, *Process) {
	tb.Helper()
	server, ok := find(nil, "redis-server", "valkey-server")
	if !ok {
		tb.Fatal("no Redis found; hint: apt-get install redis-server, or run make test, which does")
	}
	dir, err := folder()
	if err != nil {
		tb.Fatal(err)
	}
	p, err := start(dir, server, append([]string{"--port", strconv.Itoa(port), "--bind", "127.0.0.1",
		"--save", "", "--appendonly", "no", "--dir", dir, "--loglevel", "warning"}, args...)...)
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
	return "redis://" + address + "/0", p
}

func pingRedis(address string) error {
	conn, err := net.DialTimeout("tcp", address, time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(time.Second))
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
