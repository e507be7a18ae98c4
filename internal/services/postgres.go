package services

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

var sharedPostgres once

// Postgres returns the URL of a fresh, empty PostgreSQL database, which is
// dropped when the test ends. It allows connecting all the time that a machine
// under load needs.
func Postgres(tb testing.TB) string {
	tb.Helper()
	sharedPostgres.Do(func() {
		if u := os.Getenv("TEST_POSTGRES_URL"); u != "" {
			sharedPostgres.url = u
			return
		}
		sharedPostgres.url, _, sharedPostgres.err = startPostgres()
	})
	if sharedPostgres.err != nil {
		tb.Fatalf("no PostgreSQL: %v\nhint: apt-get install postgresql, or run make test, which does", sharedPostgres.err)
	}
	return freshDatabase(tb, sharedPostgres.url)
}

// OwnPostgres starts a PostgreSQL server for this test alone, which it may
// pause or kill, and returns its URL.
func OwnPostgres(tb testing.TB) (string, *Process) {
	tb.Helper()
	u, p, err := startPostgres()
	if err != nil {
		tb.Fatalf("no PostgreSQL: %v\nhint: apt-get install postgresql, or run make test, which does", err)
	}
	tb.Cleanup(func() {
		p.Kill()
		os.RemoveAll(p.Dir)
	})
	return u, p
}

func startPostgres() (string, *Process, error) {
	globs := []string{"/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql*/bin"}
	server, ok := find(globs, "postgres")
	if !ok {
		return "", nil, fmt.Errorf("the program postgres was not found")
	}
	// A wrapper on PATH may lack its neighbour: initdb stands beside the real one.
	initdb := filepath.Join(filepath.Dir(server), "initdb")
	if _, err := os.Stat(initdb); err != nil {
		if initdb, ok = find(globs, "initdb"); !ok {
			return "", nil, fmt.Errorf("the program initdb was not found")
		}
		server = filepath.Join(filepath.Dir(initdb), "postgres")
	}
	dir, err := folder()
	if err != nil {
		return "", nil, err
	}
	data := filepath.Join(dir, "data")
	attr, err := unprivileged()
	if err != nil {
		return "", nil, err
	}
	cmd := exec.Command(initdb, "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	cmd.Dir = dir
	cmd.SysProcAttr = attr
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", nil, fmt.Errorf("initdb: %v: %s", err, out)
	}
	at, err := reserve(0) // until the process ends
	if err != nil {
		return "", nil, err
	}
	p, err := start(dir, server, "-D", data, "-p", strconv.Itoa(at.port), "-c", "unix_socket_directories=",
		"-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "full_page_writes=off",
		"-c", "max_connections=300", "-c", "shared_buffers=64MB", "-c", "log_min_messages=fatal")
	if err != nil {
		return "", nil, err
	}
	p.Port = at.port
	u := fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable&connect_timeout=%.0f", at.port, patience.Seconds())
	err = p.await(func() error {
		ctx, cancel := context.WithTimeout(context.Background(), probe)
		defer cancel()
		conn, err := pgx.Connect(ctx, u)
		if err != nil {
			return err
		}
		return conn.Close(ctx)
	})
	return u, p, err
}

// freshDatabase makes an empty database on the server of admin.
func freshDatabase(tb testing.TB, admin string) string {
	tb.Helper()
	name := "merlon_" + rand.Text()
	config, err := pgxpool.ParseConfig(admin) // it may have parameters of a pool
	if err != nil {
		tb.Fatalf("TEST_POSTGRES_URL: %v", err)
	}
	do := func(statement string) error {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		conn, err := pgx.ConnectConfig(ctx, config.ConnConfig)
		if err != nil {
			return err
		}
		defer conn.Close(ctx)
		_, err = conn.Exec(ctx, statement)
		return err
	}
	if err := do(`CREATE DATABASE "` + name + `" TEMPLATE template0`); err != nil {
		tb.Fatalf("creating a database: %v", err)
	}
	tb.Cleanup(func() {
		if err := do(`DROP DATABASE IF EXISTS "` + name + `" WITH (FORCE)`); err != nil {
			tb.Logf("dropping the database: %v", err)
		}
	})
	u, err := url.Parse(admin)
	if err != nil {
		tb.Fatalf("TEST_POSTGRES_URL: %v", err)
	}
	u.Path = "/" + name
	query := u.Query()
	query.Set("connect_timeout", strconv.Itoa(int(patience.Seconds())))
	u.RawQuery = query.Encode()
	return u.String()
}
