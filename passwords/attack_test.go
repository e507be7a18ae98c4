package passwords_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/merlon-go/merlon/passwords"
)

// Who has an unusable password, a malformed or an outdated hash costs as much
// work as everybody else (Django: CVE-2024-39329, and argon2 parameters are not
// equalised there at all).
func TestAttackTimingTellsAccounts(t *testing.T) {
	params := passwords.Params{Memory: 1024, Time: 2, Threads: 1}
	h := newHasher(t, passwords.Config{Params: params})
	full := uint64(2048)
	for name, row := range map[string]struct {
		encoded string
		want    uint64
	}{
		"current":         {hash(t, h, "x"), 0},
		"no account":      {"", full},
		"unusable":        {passwords.Unusable(), full},
		"malformed":       {"$argon2id$v=19$m=1024,t=2,p=1$$", full},
		"weaker params":   {hash(t, newHasher(t, passwords.Config{Params: passwords.Params{Memory: 256, Time: 3, Threads: 1}}), "x"), full - 768},
		"stronger params": {hash(t, newHasher(t, passwords.Config{Params: passwords.Params{Memory: 4096, Time: 1, Threads: 1}}), "x"), 0},
		"cheap imported":  {"pbkdf2_sha256$1$seasalt$P4UiMPVduVWIL/oS1GzH+IofsccjJNM5hUTikBvi5to=", full},
	} {
		if got, imported := h.Owed(row.encoded); got != row.want || imported != 0 {
			t.Errorf("%s: adds %d and %d, want %d", name, got, imported, row.want)
		}
	}
}

// With a sample of the imported hashes, accounts not yet upgraded cost what the
// others cost.
func TestAttackTimingTellsImportedAccounts(t *testing.T) {
	const tag = "P4UiMPVduVWIL/oS1GzH+IofsccjJNM5hUTikBvi5to="
	sample := "pbkdf2_sha256$3000$seasalt$" + tag
	h := newHasher(t, passwords.Config{Imported: sample})
	const own = 64
	for name, row := range map[string]struct {
		encoded           string
		current, imported uint64
	}{
		"upgraded":       {hash(t, h, "x"), 0, 3000},
		"as the sample":  {sample, own, 0},
		"older, cheaper": {"pbkdf2_sha256$1000$seasalt$" + tag, own, 2000},
		"costlier":       {"pbkdf2_sha256$5000$seasalt$" + tag, own, 0},
		"no account":     {"", own, 3000},
	} {
		if current, imported := h.Owed(row.encoded); current != row.current || imported != row.imported {
			t.Errorf("%s: adds %d and %d, want %d and %d", name, current, imported, row.current, row.imported)
		}
		verify(t, h, "y", row.encoded)
	}
	for name, sample := range django(t) {
		h := newHasher(t, passwords.Config{Imported: sample})
		if !strings.HasPrefix(name, "pbkdf2") {
			if err := h.Waste(t.Context(), "x"); err != nil {
				t.Error(err)
			}
		}
	}
}

// A row that an attacker got into the table, or an import brought along, must
// not burn the machine.
func TestAttackHostileImportedHashBurnsMemory(t *testing.T) {
	tag := b64(make([]byte, 32))
	salt := b64(make([]byte, 16))
	hostile := []string{
		"$argon2id$v=19$m=4294967295,t=1,p=1$" + salt + "$" + tag,
		"$argon2id$v=19$m=262145,t=1,p=1$" + salt + "$" + tag,
		"$argon2id$v=19$m=8,t=4294967295,p=1$" + salt + "$" + tag,
		"$argon2id$v=19$m=262144,t=5,p=1$" + salt + "$" + tag,
		"$argon2id$v=19$m=1024,t=1,p=17$" + salt + "$" + tag,
		"$argon2id$v=19$m=1024,t=1,p=256$" + salt + "$" + tag,
		"$argon2id$v=19$m=1024,t=0,p=1$" + salt + "$" + tag,
		"$argon2id$v=19$m=1024,t=1,p=0$" + salt + "$" + tag,
		"$argon2id$v=19$m=-1,t=1,p=1$" + salt + "$" + tag,
		"$argon2id$v=19$m=99999999999999999999,t=1,p=1$" + salt + "$" + tag,
		"$argon2id$v=19$m=1024,t=1,p=1$" + salt + "$" + b64(make([]byte, 65)),
		"$argon2id$v=19$m=1024,t=1,p=1$" + b64(make([]byte, 65)) + "$" + tag,
		"argon2$argon2id$v=19$m=4194304,t=1,p=1$" + salt + "$" + tag,
		"pbkdf2_sha256$5000001$seasalt$P4UiMPVduVWIL/oS1GzH+IofsccjJNM5hUTikBvi5to=",
		"pbkdf2_sha256$9999999999$seasalt$P4UiMPVduVWIL/oS1GzH+IofsccjJNM5hUTikBvi5to=",
		"scrypt$1048576$s$8$1$" + base64.StdEncoding.EncodeToString(make([]byte, 64)),
		"scrypt$2$s$1048576$1048576$" + base64.StdEncoding.EncodeToString(make([]byte, 64)),
		"scrypt$16384$s$8$1000$" + base64.StdEncoding.EncodeToString(make([]byte, 64)),
		"$2b$15$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234",
		"$argon2id$" + strings.Repeat("$", 1000),
		strings.Repeat("pbkdf2_sha256$", 100_000),
	}
	h := newHasher(t, passwords.Config{})
	for _, encoded := range hostile {
		if err := passwords.Supported(encoded); !errors.Is(err, passwords.ErrUnsupported) {
			t.Errorf("%.60q: Supported() = %v", encoded, err)
		}
		if got := verify(t, h, "x", encoded); got != wrong {
			t.Errorf("%.60q: %+v", encoded, got)
		}
	}
}

// More logins than the machine can hash are refused, not taken until memory
// ends: those within the queue are served, the rest hear ErrBusy at once.
func TestAttackArgon2Flood(t *testing.T) {
	h := newHasher(t, passwords.Config{Workers: 2, Queue: 10, Wait: time.Hour})
	encoded := hash(t, h, "x")
	release := h.Occupy()
	var all sync.WaitGroup
	var mu sync.Mutex
	busy, served := 0, 0
	for range 200 {
		all.Go(func() {
			r, err := h.Verify(t.Context(), "x", encoded)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case errors.Is(err, passwords.ErrBusy):
				busy++
				if busy == 190 {
					release() // the queue is full and everybody else was told
				}
			case err == nil && r.OK:
				served++
			}
		})
	}
	all.Wait()
	if busy != 190 || served != 10 {
		t.Errorf("%d refused and %d served, want 190 and 10", busy, served)
	}
	if h.Waiting() != 0 {
		t.Errorf("%d still waiting", h.Waiting())
	}
}

// Overload answers alike whether there is an account or not.
func TestAttackOverloadTellsAccounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHasher(t, passwords.Config{Workers: 1})
		encoded := hash(t, h, "x")
		defer h.Occupy()()
		start := time.Now()
		_, err := h.Verify(t.Context(), "x", encoded)
		_, err2 := h.Verify(t.Context(), "x", passwords.Unusable())
		err3 := h.Waste(t.Context(), "x")
		for _, err := range []error{err, err2, err3} {
			if !errors.Is(err, passwords.ErrBusy) {
				t.Errorf("got %v, want ErrBusy", err)
			}
		}
		if took := time.Since(start); took != 6*time.Second {
			t.Errorf("waited %v, want 2 s each", took)
		}
	})
}
