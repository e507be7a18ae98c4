package passwords_test

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"

	"github.com/merlon-go/merlon/passwords"
)

// django are hashes that Django, or Python's libraries under it, wrote.
func django(t testing.TB) map[string]string {
	bc := func(password string) string {
		b, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	a2 := argon2.IDKey([]byte("lètmein"), []byte("saltsaltsalt"), 2, 128, 8, 16)
	return map[string]string{
		"pbkdf2_sha256": "pbkdf2_sha256$1500000$seasalt$P4UiMPVduVWIL/oS1GzH+IofsccjJNM5hUTikBvi5to=",
		"pbkdf2_sha1":   "pbkdf2_sha1$1500000$seasalt$cZyQg7qlxmOKMk6Nu6oqAt9XIkY=",
		"scrypt":        "scrypt$16384$seasalt$8$5$ECMIUp+LMxMSK8xB/IVyba+KYGTI7FTnet025q/1f/vBAVnnP3hdYqJuRi+mJn6ji6ze3Fbb7JEFPKGpuEf5vw==",
		"argon2":        fmt.Sprintf("argon2$argon2id$v=19$m=128,t=2,p=8$%s$%s", b64([]byte("saltsaltsalt")), b64(a2)),
		"bcrypt":        "bcrypt$" + bc("lètmein"),
		"bare bcrypt":   bc("lètmein"),
	}
}

// pbkdf2Tag is what Django stores for a password.
func pbkdf2Tag(t testing.TB, password, salt string, iterations int) string {
	t.Helper()
	key, err := pbkdf2.Key(sha256.New, password, []byte(salt), iterations, 32)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(key)
}

func b64(b []byte) string { return base64.RawStdEncoding.EncodeToString(b) }

func TestDjangoVectors(t *testing.T) {
	h := newHasher(t, passwords.Config{})
	for name, encoded := range django(t) {
		t.Run(name, func(t *testing.T) {
			if err := passwords.Supported(encoded); err != nil {
				t.Fatal(err)
			}
			if got := verify(t, h, "lètmein", encoded); got != upgrade {
				t.Errorf("right password: %+v, want OK and Rehash", got)
			}
			if strings.HasPrefix(name, "pbkdf2") || name == "scrypt" {
				return // under the race detector each takes seconds
			}
			if got := verify(t, h, "letmein", encoded); got != wrong {
				t.Errorf("wrong password: %+v", got)
			}
		})
	}
}

func TestDjangoBcryptSHA256(t *testing.T) {
	// hex SHA-256 of "password"
	const digest = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8"
	b, err := bcrypt.GenerateFromPassword([]byte(digest), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	h := newHasher(t, passwords.Config{})
	encoded := "bcrypt_sha256$" + strings.Replace(string(b), "$2a$", "$2b$", 1)
	if got := verify(t, h, "password", encoded); got != upgrade {
		t.Errorf("right password: %+v", got)
	}
	if got := verify(t, h, digest, encoded); got != wrong {
		t.Errorf("the digest as password: %+v", got)
	}
}

// An upgrade at login is complete: what is stored then needs no other.
func TestUpgradeAtLogin(t *testing.T) {
	h := newHasher(t, passwords.Config{})
	encoded := "pbkdf2_sha256$1000$seasalt$" + pbkdf2Tag(t, "lètmein", "seasalt", 1000)
	if got := verify(t, h, "lètmein", encoded); got != upgrade {
		t.Fatalf("%+v", got)
	}
	if got := verify(t, h, "lètmein", hash(t, h, "lètmein")); got != right {
		t.Errorf("after the upgrade: %+v", got)
	}
}

// bcrypt looks at 72 bytes. Django's plain bcrypt takes any password that begins
// with the right 72; here it never does.
func TestDjangoDifference_BcryptNeverTruncates(t *testing.T) {
	long := strings.Repeat("0123456789", 8)
	b, err := bcrypt.GenerateFromPassword([]byte(long[:72]), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	h := newHasher(t, passwords.Config{})
	if got := verify(t, h, long[:72], "bcrypt$"+string(b)); !got.OK {
		t.Error("72 bytes do not verify")
	}
	if got := verify(t, h, long, "bcrypt$"+string(b)); got.OK {
		t.Error("80 bytes verify against a hash of the first 72")
	}
	if got := verify(t, h, strings.Repeat("a", 1000)+"b", hash(t, h, strings.Repeat("a", 1000)+"c")); got.OK {
		t.Error("only the beginning of a password counts")
	}
}

// Django does not normalise: the same password typed on a device that writes
// accents as two characters is wrong there.
func TestDjangoDifference_ComposedAndDecomposedAreOnePassword(t *testing.T) {
	const composed, decomposed = "caf\u00e9 au lait encore", "cafe\u0301 au lait encore"
	h := newHasher(t, passwords.Config{})
	if got := verify(t, h, decomposed, hash(t, h, composed)); got != right {
		t.Errorf("decomposed against composed: %+v", got)
	}
	if got := verify(t, h, "caf\u00e9\u00a0au\u3000lait encore", hash(t, h, composed)); got != right {
		t.Errorf("other spaces: %+v", got)
	}
	// Django's own hash is of the exact bytes, whichever they were.
	for _, at := range []string{composed, decomposed} {
		encoded := "pbkdf2_sha256$1000$seasalt$" + pbkdf2Tag(t, at, "seasalt", 1000)
		if got := verify(t, h, at, encoded); got != upgrade {
			t.Errorf("%+q against Django's hash of it: %+v", at, got)
		}
	}
	encoded := "pbkdf2_sha256$1000$seasalt$" + pbkdf2Tag(t, composed, "seasalt", 1000)
	if got := verify(t, h, decomposed, encoded); got != upgrade {
		t.Errorf("decomposed against Django's hash of the composed: %+v", got)
	}
}
