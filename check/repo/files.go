package repo

import (
	"cmp"
	"context"
	"path"
	"slices"
	"strings"

	"github.com/merlon-go/merlon/check"
)

// environment reports whether the path is that of a file of settings whose
// values are meant to stay on one machine.
func environment(name string) bool {
	base := strings.ToLower(path.Base(name))
	if base != ".env" && base != ".envrc" && !strings.HasPrefix(base, ".env.") && !(strings.HasSuffix(base, ".env") && len(base) > 4) {
		return false
	}
	for part := range strings.SplitSeq(base, ".") {
		switch part {
		case "example", "sample", "template", "dist", "tmpl", "tpl", "schema", "defaults", "default", "test", "testing", "ci", "vault", "enc", "encrypted", "gpg", "sops":
			return false
		}
	}
	return true
}

// assigns reports whether a file of settings gives any value.
func assigns(text []byte) bool {
	for line := range strings.Lines(string(text)) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "export ")
		name, value, ok := strings.Cut(line, "=")
		if ok && !strings.HasPrefix(name, "#") && strings.Trim(strings.TrimSpace(value), `"'`) != "" {
			return true
		}
	}
	return false
}

func envFileTracked(c *Config) check.Rule {
	return onSurvey(c, check.Rule{
		ID:    "env-file-tracked",
		Title: "A file of local settings is committed",
		Level: check.Error,
		Tags:  []string{"repository", "files"},
		Why:   "Such a file gets the real keys sooner or later, and from then on they are in every clone.",
		Fix:   "Run git rm --cached on it, add it to .gitignore, and commit a .env.example without values instead.",
		CWE:   []int{538, 540},
		ASVS:  []string{"V13.3.1"},
		OWASP: "A02",
	}, func(_ context.Context, s *survey) ([]check.Finding, error) {
		var found []check.Finding
		for i := range s.files {
			f := &s.files[i]
			if f.tracked && !f.staged && environment(f.name) && assigns(f.text) && !f.test {
				found = append(found, check.Finding{Title: f.name + " is committed", Place: check.Place{File: f.name, NoFrame: true}, Key: "tracked"})
			}
		}
		return found, s.needGit()
	})
}

func envFileNotIgnored(c *Config) check.Rule {
	return onSurvey(c, check.Rule{
		ID:    "env-file-not-ignored",
		Title: "A file with secrets is one git add away from being committed",
		Level: check.Warning,
		Tags:  []string{"repository", "files"},
		Why:   "The next git add of the folder commits it, and what is pushed once cannot be called back.",
		Fix:   "Add its name to .gitignore.",
		CWE:   []int{538},
		ASVS:  []string{"V13.3.1"},
		OWASP: "A02",
	}, func(_ context.Context, s *survey) ([]check.Finding, error) {
		var found []check.Finding
		for i := range s.files {
			f := &s.files[i]
			if f.inGit && !f.tracked && (environment(f.name) && assigns(f.text) || keyStore(f) != "") {
				found = append(found, check.Finding{Title: f.name + " is not in .gitignore", Place: check.Place{File: f.name, NoFrame: true}, Key: "not ignored"})
			}
		}
		return found, s.needGit()
	})
}

// needGit is the answer of a rule about what git knows where there is no git.
func (s *survey) needGit() error {
	if len(s.repos) == 0 && len(s.errs) == 0 && !slices.ContainsFunc(s.files, func(f file) bool { return f.inGit }) {
		return check.ErrNotApplicable
	}
	return nil // secret-in-file says what could not be read
}

// stores names the files that hold keys in a form that cannot be looked into.
var stores = map[string]string{
	".p12": "PKCS #12 key store", ".pfx": "PKCS #12 key store", ".pkcs12": "PKCS #12 key store", ".jks": "Java key store", ".keystore": "Java key store", ".bks": "Java key store",
	".kdbx": "KeePass database", ".kdb": "KeePass database", ".ppk": "PuTTY private key", ".mobileprovision": "signing profile", ".agekey": "age secret key",
	".tfstate": "Terraform state, which holds every secret it set", ".ovpn": "VPN profile",
}

var keyNames = map[string]string{
	"id_rsa": "SSH private key", "id_dsa": "SSH private key", "id_ecdsa": "SSH private key", "id_ed25519": "SSH private key", "id_ecdsa_sk": "SSH private key", "id_ed25519_sk": "SSH private key",
	".netrc": "file of passwords", "_netrc": "file of passwords", ".pgpass": "file of passwords", ".git-credentials": "file of passwords", ".my.cnf": "file of passwords", "credentials.tfrc.json": "Terraform credentials",
	"terraform.tfstate.backup": "Terraform state, which holds every secret it set", "master.key": "Rails master key", "secring.gpg": "PGP secret keys", "wallet.dat": "wallet",
	"logins.json": "store of a browser's passwords", "key3.db": "store of a browser's keys", "key4.db": "store of a browser's keys", "signons.sqlite": "store of a browser's passwords", "login data": "store of a browser's passwords",
}

// keyStore says what kind of key file it is, "" if it is none.
func keyStore(f *file) string {
	if strings.EqualFold(path.Ext(f.name), ".key") && len(f.head) > 0 && f.head[0] == 0x30 { // DER
		return "private key"
	}
	return keyStoreName(f.name)
}

// keyStoreName is what the name alone tells.
func keyStoreName(name string) string {
	base := strings.ToLower(path.Base(name))
	return cmp.Or(keyNames[base], stores[path.Ext(base)])
}

func keyFileTracked(c *Config) check.Rule {
	return onSurvey(c, check.Rule{
		ID:    "key-file-tracked",
		Title: "A file of keys is committed",
		Level: check.Error,
		Tags:  []string{"repository", "files", "secrets"},
		Why:   "A key store can be tried at leisure by everybody who has a clone, and its password usually stands nearby.",
		Fix:   "Replace the keys, take the file out of the repository, and bring it to the machine by its own way.",
		CWE:   []int{321, 538},
		ASVS:  []string{"V13.3.1"},
		OWASP: "A04",
	}, func(_ context.Context, s *survey) ([]check.Finding, error) {
		var found []check.Finding
		for i := range s.files {
			f := &s.files[i]
			kind := keyStore(f)
			if kind == "" || !f.tracked || f.staged {
				continue
			}
			finding := check.Finding{Title: f.name + " is committed, a " + kind, Place: check.Place{File: f.name, NoFrame: true}, Key: "tracked"}
			if f.test {
				finding.Level = check.Info
			}
			found = append(found, finding)
		}
		return found, s.needGit()
	})
}
