package sqlite_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/safesql"
	"github.com/merlon-go/merlon/sessions"
	"github.com/merlon-go/merlon/store/sqlite"
)

// crashPath tells the test binary that it is the process to be killed.
const crashPath = "MERLON_TEST_CRASH_PATH"

// TestKilledWhileWriting kills a process that writes to the audit trail and
// finds every record that was acknowledged.
func TestKilledWhileWriting(t *testing.T) {
	if path := os.Getenv(crashPath); path != "" {
		writeForever(path)
	}
	path := filepath.Join(t.TempDir(), "merlon.db")
	for round := range 5 {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledWhileWriting$")
		cmd.Env = append(os.Environ(), crashPath+"="+path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		var acknowledged int64
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); n++ {
			if last, err := strconv.ParseInt(lines.Text(), 10, 64); err == nil {
				acknowledged = last
			}
			if n == 20+round {
				cmd.Process.Kill() // and read on: what was acknowledged before it died counts
			}
		}
		cmd.Wait()
		db, err := sqlite.Open(t.Context(), path, sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		trail, err := audit.NewTrail(audit.TrailConfig{Store: db.Audit(), InsecureUnkeyed: true})
		if err != nil {
			t.Fatal(err)
		}
		at, err := trail.Verify(t.Context(), audit.Checkpoint{})
		if err != nil || at.Sequence < acknowledged || acknowledged == 0 {
			t.Errorf("round %d: %d acknowledged, %d there, %v", round, acknowledged, at.Sequence, err)
		}
		db.Close()
	}
}

// writeForever opens the database anew, so that the kill may also fall into a
// migration, and prints the number of each record once it is acknowledged.
func writeForever(path string) {
	ctx := context.Background()
	db, err := sqlite.Open(ctx, path, sqlite.Options{})
	if err == nil {
		_, err = db.Migrate(ctx)
	}
	for err == nil {
		var number int64
		err = db.Audit().Append(ctx, audit.Event{Name: audit.LoginFail, Time: time.Unix(1, 0)}, func(sequence int64, previous []byte) []byte {
			number = sequence
			return chain(sequence, previous)
		})
		fmt.Println(number)
	}
	fmt.Println(err)
	os.Exit(1)
}

// chain seals as an unkeyed trail does, by asking one over a store that only listens.
func chain(sequence int64, previous []byte) []byte {
	l := &listener{sequence: sequence, previous: previous}
	trail, err := audit.NewTrail(audit.TrailConfig{Store: l, InsecureUnkeyed: true})
	if err == nil {
		err = trail.Record(context.Background(), audit.Event{Name: audit.LoginFail, Time: time.Unix(1, 0)})
	}
	if err != nil {
		return nil
	}
	return l.hash
}

type listener struct {
	audit.Store
	sequence       int64
	previous, hash []byte
}

func (l *listener) Append(_ context.Context, _ audit.Event, seal func(int64, []byte) []byte) error {
	l.hash = seal(l.sequence, l.previous)
	return nil
}

// TestDiskFull: writes fail and say so, reads go on, and when there is room
// again so do writes, without a restart.
func TestDiskFull(t *testing.T) {
	db := open(t)
	store := db.Sessions()
	_, write := db.Pools()
	at := time.Unix(1_000_000, 0)
	record := func(i int) sessions.Record {
		return sessions.Record{Hash: sha256.Sum256([]byte{byte(i), byte(i >> 8)}), ID: fmt.Sprint(i), UserID: "ann", Created: at, LastSeen: at, Expires: at.Add(time.Hour), Data: []byte(fmt.Sprintf("%02000d", i))}
	}
	pages, err := safesql.One(t.Context(), write, safesql.New("PRAGMA page_count"), safesql.Int)
	if err != nil {
		t.Fatal(err)
	}
	// The limit holds on the one connection that writes. SQLite takes no bound
	// values here, and the number cannot be put into the text.
	if _, err := safesql.One(t.Context(), write, safesql.New("PRAGMA max_page_count = 1"), safesql.Int); err != nil {
		t.Fatal(err) // never under what there is: now at page_count
	}
	stored, failed := 0, false
	for ; stored < 100 && !failed; stored++ {
		if err := store.Create(t.Context(), record(stored), sessions.Hash{}); err != nil {
			failed = true
			break
		}
	}
	if !failed {
		t.Fatalf("%d sessions fit into no room (%d pages)", stored, pages)
	}
	if _, err := store.List(t.Context(), "ann", at); err != nil {
		t.Errorf("reading: %v", err)
	}
	if _, err := safesql.One(t.Context(), write, safesql.New("PRAGMA max_page_count = 100000"), safesql.Int); err != nil {
		t.Fatal(err)
	}
	for i := stored; i < stored+20; i++ {
		if err := store.Create(t.Context(), record(i), sessions.Hash{}); err != nil {
			t.Fatalf("after there is room: %v", err)
		}
	}
	if list, err := store.List(t.Context(), "ann", at); len(list) != stored+20 || err != nil {
		t.Errorf("%d sessions, want %d (%v)", len(list), stored+20, err)
	}
}
