package check

import (
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/merlon-go/merlon/settings"
)

// A Target is what rules look at. Every field may be left empty: rules that
// need it then return [ErrNotApplicable]. A Target must not be copied or
// changed once it is given to [Run].
type Target struct {
	// Settings are the site's, and SettingsErr is what their Err returns: rules
	// judge what could be read. Both nil means that this is not about a site.
	Settings    *settings.Settings
	SettingsErr error
	// Site is the composed site; nil if there is none, and SiteErr says why if
	// it could not be composed. Rules send it requests
	// made in this process, never over the network.
	Site    Site
	SiteErr error
	// App is the program's own handler without the site's controls, as it is
	// given to Site.Protect; nil if there is none.
	App http.Handler
	// Exemptions are the places where a control of the site does less than
	// elsewhere.
	Exemptions []Exemption
	// Dir is the folder that file names are relative to; "" is the working
	// folder.
	Dir string
	// Paths are the files and folders that source and repository rules read,
	// relative to Dir; none means that these rules do not apply.
	Paths []string
	// Base is the commit, by its object name, after which the history is judged,
	// for a run about what a change adds; "" means all of it.
	Base string
	// SecretFiles maps settings that are read from files of their own to the
	// names of these files.
	SecretFiles map[string]string
	// TempDir is where uploads are kept while they are read; "" if unknown.
	TempDir string
	// GoVersion is the toolchain the program was built with, as
	// runtime.Version gives it; "" if unknown.
	GoVersion string
	// Root says that the program runs as the superuser.
	Root bool
	// CacheDir is where rules keep results, to be faster the next time; ""
	// keeps nothing.
	CacheDir string
	// Progress, if not nil, is called by rules that take long, by one
	// goroutine of each at a time.
	Progress func(done, total int, item string)
	// ReadFile and Stat look at the file system; nil means os.ReadFile and
	// os.Stat. Now is the clock; nil means time.Now.
	ReadFile func(name string) ([]byte, error)
	Stat     func(name string) (fs.FileInfo, error)
	Now      func() time.Time

	shared sync.Map // key → func() (any, error), made by sync.OnceValues
	looked sync.Map // file name → true
}

// A Site is a composed site: *merlon.Site is one.
type Site interface {
	// Protect returns next behind all controls.
	Protect(next http.Handler) http.Handler
}

// An Exemption is a place where a control does less than elsewhere.
type Exemption struct {
	// Control is the package, such as "csrf".
	Control string
	// Pattern is the ServeMux pattern it holds for, or what is exempt.
	Pattern string
	// What says what differs, as in "no token asked for".
	What string
	// Reason is the one given where it is declared; "" if there is none.
	Reason string
	// Weakens says that it takes protection away, and not only changes it.
	Weakens bool
}

// Path returns name as a path that can be opened: relative names are taken
// from t.Dir.
func (t *Target) Path(name string) string {
	if filepath.IsAbs(name) || t.Dir == "" {
		return filepath.FromSlash(name)
	}
	return filepath.Join(t.Dir, filepath.FromSlash(name))
}

// Read returns the content of a file named relative to t.Dir.
func (t *Target) Read(name string) ([]byte, error) {
	if t.ReadFile != nil {
		return t.ReadFile(t.Path(name))
	}
	return os.ReadFile(t.Path(name))
}

// Info returns what is known about a file named relative to t.Dir.
func (t *Target) Info(name string) (fs.FileInfo, error) {
	if t.Stat != nil {
		return t.Stat(t.Path(name))
	}
	return os.Stat(t.Path(name))
}

// Time returns the time by t.Now.
func (t *Target) Time() time.Time {
	now := t.Now
	if now == nil {
		now = time.Now
	}
	return now()
}

// Look notes that a rule has read the file, so that [Run] also looks for
// `merlon:ignore` comments in it that hide nothing any more.
func (t *Target) Look(file string) { t.looked.Store(filepath.ToSlash(file), true) }

// Shared returns what build makes, built once for each key however many rules
// ask for it at the same time: a loaded program, the answers of probes. Keys
// are compared like context keys; use an own unexported type.
func Shared[T any](t *Target, key any, build func() (T, error)) (T, error) {
	made := sync.OnceValues(func() (any, error) { return build() })
	stored, _ := t.shared.LoadOrStore(key, made)
	value, err := stored.(func() (any, error))()
	typed, _ := value.(T)
	return typed, err
}
