package settings

import (
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits on what is read.
const (
	maxFile  = 1 << 20  // .env and merlon.toml
	maxValue = 64 << 10 // one value, one secret file
)

// Names of the files in Source.Dir.
const (
	dotenvName = ".env"
	tomlName   = "merlon.toml"
)

// Source is where settings come from. The zero Source is the process
// environment and the working folder.
type Source struct {
	// Prefix begins the name of every environment variable that is ours; ""
	// means "MERLON_". It ends in an underscore.
	Prefix string
	// Environ holds NAME=value entries; nil means os.Environ().
	Environ []string
	// Flags maps names without prefix to the values given on the command line.
	Flags map[string]string
	// Dir is the folder of .env and merlon.toml, and what relative paths of
	// secret files start from; "" means the working folder.
	Dir string
	// Dev takes the defaults for a developer's machine, and requires nothing.
	Dev bool
	// ReadFile reads a file. It must return an error that is fs.ErrNotExist
	// for one that is missing. Nil means the file system, with a limit of size.
	ReadFile func(name string) ([]byte, error)
	// Providers resolve references, by scheme: "vault" for vault://path.
	Providers map[string]Provider
	// Extra are settings of the program's own, loaded like the others. Their
	// variables may be written even if Load fails.
	Extra []Setting
}

// Provider fetches a value from a secret manager. Resolve gets the whole
// reference, scheme included, and must bound the time it takes. What it
// returns is used as it is.
type Provider interface {
	Resolve(reference string) (string, error)
}

// reserved are the schemes of secret managers: a value that begins with one is
// never taken as it is.
var reserved = []string{"vault", "awssecretsmanager", "gcpsecretmanager", "azurekeyvault"}

// Load reads the settings. For each it takes the first of: the flag, the
// environment variable, the file named by <NAME>_FILE, .env, merlon.toml, the
// default. If anything is wrong it returns no Settings and an error of type
// [Errors] with everything that is.
func Load(src Source) (*Settings, error) {
	s := Read(src)
	if err := s.Err(); err != nil {
		return nil, err
	}
	return s, nil
}

// Read is [Load] for who wants to hear everything at once: it returns Settings
// whatever is wrong, and [Settings.Err] says what that is. A setting that could
// not be read holds its default, so that the controls can judge the others.
// merlon.Compose does, and refuses such Settings whatever else it finds.
func Read(src Source) *Settings {
	s := &Settings{Dev: src.Dev}
	l := &loader{src: src, settings: s, found: make(map[string]finding), names: make(map[string]string)}
	if src.Prefix == "" {
		l.src.Prefix = "MERLON_"
	}
	l.all = append(s.all(), src.Extra...)
	if !l.checkSource() {
		s.faults = l.errs
		return s
	}
	l.readPlaces()
	for _, one := range l.all {
		l.load(one)
	}
	l.refuseUnknown()
	l.crossCheck()
	s.prefix, s.warnings, s.faults = l.src.Prefix, l.warnings, l.errs
	for _, one := range l.all {
		f := l.found[one.Name]
		s.keys, s.written = append(s.keys, one.Key), append(s.written, f.key)
		s.values = append(s.values, Value{Key: one.Name, Value: one.show(), Source: f.source, Secret: one.Secret})
	}
	return s
}

type loader struct {
	src      Source
	settings *Settings
	all      []Setting
	env      map[string]string
	dotenv   dotenv
	toml     tomlFile
	names    map[string]string // variable, as "MERLON_DEBUG_FILE" → setting
	at       string            // the setting that is being loaded
	unread   bool              // a file is there, and could not be read
	found    map[string]finding
	errs     Errors
	warnings []*Error
}

// finding is where a setting was found.
type finding struct {
	value  value
	source string // as Where returns it
	key    string // as written there
	preset bool   // it is a default
	failed bool   // it was reported
}

func (l *loader) fail(key, source, problem string, cause error) {
	l.errs = append(l.errs, &Error{Name: l.at, Key: key, Source: source, Problem: problem, Err: cause})
}

// checkSource refuses what only a programmer can get wrong.
func (l *loader) checkSource() bool {
	if p := l.src.Prefix; !validPrefix(p) {
		l.fail("", "Source.Prefix", "capital letters, digits and underscores with an underscore at the end are allowed", nil)
	}
	seen := make(map[string]bool)
	for _, s := range l.all {
		if seen[s.Name] || seen[strings.TrimSuffix(s.Name, "_FILE")] || strings.HasSuffix(s.Name, "_FILE") || !validPrefix(s.Name+"_") || s.set == nil {
			l.fail(s.Name, "Source.Extra", "not a new name of capital letters, digits and underscores, or not made by a constructor", nil)
		}
		seen[s.Name] = true
		for _, name := range []string{s.Name, s.Name + "_FILE"} {
			l.names[l.src.Prefix+name] = s.Name
			if s.bare {
				l.names[name] = s.Name
			}
		}
	}
	for scheme := range l.src.Providers {
		own := slices.ContainsFunc(l.all, func(s Setting) bool { return slices.Contains(s.schemes, scheme) })
		if own || scheme != strings.ToLower(scheme) || !validScheme(scheme) || l.src.Providers[scheme] == nil {
			l.fail("", "Source.Providers", "a provider that is nil or has a scheme that settings use themselves", nil)
		}
	}
	return len(l.errs) == 0
}

func validPrefix(p string) bool {
	for _, c := range []byte(p) {
		if !('A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_') {
			return false
		}
	}
	return len(p) > 1 && 'A' <= p[0] && p[0] <= 'Z' && p[len(p)-1] == '_'
}

// readPlaces reads the environment and the two files.
func (l *loader) readPlaces() {
	environ := l.src.Environ
	if environ == nil {
		environ = os.Environ()
	}
	l.env = make(map[string]string, len(environ))
	for _, entry := range environ {
		name, text, ok := strings.Cut(entry, "=")
		if bare, ours := strings.CutPrefix(name, l.src.Prefix); ok && !(ours && serviceLink(bare, text)) {
			l.env[name] = text
		}
	}
	l.dotenv = parseDotenv(l.readOptional(dotenvName), l.env, l.ours)
	for _, e := range l.dotenv.errs {
		e.Name = l.names[e.Key]
		l.errs = append(l.errs, e)
	}
	l.warnings = append(l.warnings, l.dotenv.warnings...)
	l.toml = parseTOML(l.readOptional(tomlName))
	l.errs = append(l.errs, l.toml.errs...)
	l.unread = slices.ContainsFunc(l.errs, func(e *Error) bool { return e.Key == "" })
}

// ours reports whether a variable of that name is, or should be, a setting.
func (l *loader) ours(name string) bool {
	return strings.HasPrefix(name, l.src.Prefix) || slices.ContainsFunc(l.all, func(s Setting) bool { return s.bare && s.Name == name })
}

// serviceLinks are the variables that Kubernetes sets in every container for a
// service, after its name: one called merlon must not be read as settings.
var serviceLinks = regexp.MustCompile(`^(.+_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$`)

func serviceLink(name, text string) bool {
	if name == "PORT" || strings.HasSuffix(name, "_PORT") {
		return strings.HasPrefix(text, "tcp://") || strings.HasPrefix(text, "udp://") || strings.HasPrefix(text, "sctp://") || serviceLinks.MatchString(name)
	}
	return serviceLinks.MatchString(name)
}

// load finds one setting and stores it, or the default in its place.
func (l *loader) load(s Setting) {
	l.at = s.Name
	f := l.find(s)
	empty := !f.value.array && strings.TrimSpace(f.value.text) == ""
	if !f.failed && !f.preset && empty && s.emptyIsDefault {
		f = l.preset(s, f.source+", which is empty: ")
	}
	if !f.failed {
		l.store(s, &f)
	}
	if f.failed {
		// What a constructor took for a default, its cast takes.
		_ = s.set(l.preset(s, "").value, func(text string) (string, error) { return text, nil })
	}
	l.found[s.Name], l.at = f, ""
}

// store casts what was found.
func (l *loader) store(s Setting, f *finding) {
	through := ""
	err := s.set(f.value, func(text string) (string, error) { return l.resolve(s, text, &through) })
	f.source += through
	f.failed = true
	switch {
	case err != nil:
		l.fail(f.key, f.source, err.Error(), errors.Unwrap(err))
	case !s.Required || l.src.Dev || s.show() != "":
		f.failed = false
	case f.preset && l.unread:
		l.settings.unread = append(l.settings.unread, s.Name) // it may stand in the file
	case f.preset:
		l.fail(f.key, "", "required and not set", nil)
	default:
		l.fail(f.key, f.source, "required and empty", nil)
	}
}

// preset is the finding for the default.
func (l *loader) preset(s Setting, why string) finding {
	f := finding{value: value{text: s.Default}, source: why + "default", key: l.src.Prefix + s.Name, preset: true}
	if l.src.Dev && s.devDefault {
		f.value.text, f.source = s.DevDefault, why+"default with --dev"
	}
	return f
}

// find looks at one place after the other.
func (l *loader) find(s Setting) finding {
	if text, ok := l.src.Flags[s.Name]; ok {
		flag := "--" + strings.ReplaceAll(strings.ToLower(s.Name), "_", "-")
		return l.bounded(finding{value: value{text: text}, source: "flag " + flag, key: flag})
	}
	names := []string{l.src.Prefix + s.Name}
	if s.bare {
		names = append(names, s.Name)
	}
	for _, lookup := range []func(string) (finding, bool){l.inEnvironment, l.inDotenv} {
		for _, name := range names {
			if f, ok := l.inPlace(lookup, name, name == s.Name && s.schemes == nil); ok {
				return f
			}
		}
	}
	if f, ok := l.inPlace(l.inTOML(s), s.Name, false); ok {
		return f
	}
	return l.preset(s, "")
}

// inPlace looks for name and name_FILE in one place. plain leaves the file out.
func (l *loader) inPlace(lookup func(string) (finding, bool), name string, plain bool) (finding, bool) {
	f, ok := lookup(name)
	if plain {
		return l.bounded(f), ok
	}
	file, fileOK := lookup(name + "_FILE")
	switch {
	case ok && fileOK:
		l.fail(f.key, f.source, "set together with "+file.key+"; keep one of them", nil)
		f.failed = true
		return f, true
	case fileOK && !file.failed:
		return l.fromFile(file), true
	case fileOK:
		return file, true
	}
	return l.bounded(f), ok
}

func (l *loader) inEnvironment(name string) (finding, bool) {
	text, ok := l.env[name]
	return finding{value: value{text: text}, source: "environment variable " + name, key: name}, ok
}

func (l *loader) inDotenv(name string) (finding, bool) {
	e, ok := l.dotenv.entries[name]
	if !ok {
		return finding{}, false
	}
	f := finding{source: place(dotenvName, e.line), key: name, failed: e.err != nil}
	if f.failed {
		return f, true // reported when it was parsed
	}
	var err error
	if f.value.text, err = l.dotenv.expand(name); err != nil {
		l.fail(name, f.source, err.Error(), nil)
		f.failed = true
	}
	return f, true
}

func (l *loader) inTOML(s Setting) func(string) (finding, bool) {
	return func(name string) (finding, bool) {
		e, ok := l.toml.entries[name]
		if !ok {
			return finding{}, false
		}
		f := finding{value: e.value, source: place(tomlName, e.line), key: e.written}
		switch {
		case e.problem != "":
			l.fail(f.key, f.source, e.problem, nil)
			f.failed = true
		case e.table && s.table == nil:
			l.fail(f.key, f.source, "a table where a single value belongs", nil)
			f.failed = true
		case e.table:
			f.value = s.table(e.pairs)
		}
		return f, true
	}
}

// fromFile replaces the name of a file by its content without one line end.
func (l *loader) fromFile(f finding) finding {
	source := f.source
	f.source = "file named by " + source
	if strings.TrimSpace(f.value.text) == "" || f.value.array {
		l.fail(f.key, source, "names no file", nil)
		f.failed = true
		return f
	}
	data, err := l.read(f.value.text, maxValue)
	switch {
	case err != nil:
		l.fail(f.key, source, "names a file that cannot be read: "+reason(err), err)
		f.failed = true
	case !utf8.Valid(data):
		l.fail(f.key, source, "names a file that is not UTF-8", nil)
		f.failed = true
	}
	f.value = value{text: strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")}
	return f
}

func (l *loader) bounded(f finding) finding {
	if len(f.value.text) > maxValue {
		l.fail(f.key, f.source, "longer than 64 KiB", nil)
		f.failed = true
	}
	return f
}

// resolve asks the provider if text is a reference to one.
func (l *loader) resolve(s Setting, text string, through *string) (string, error) {
	scheme, _, ok := strings.Cut(text, "://")
	if scheme = strings.ToLower(scheme); !ok || slices.Contains(s.schemes, scheme) {
		return text, nil
	}
	provider := l.src.Providers[scheme]
	if provider == nil {
		if slices.Contains(reserved, scheme) {
			return "", errors.New("a reference to " + scheme + "://, for which this program has no provider")
		}
		return text, nil
	}
	*through = ", through " + scheme + "://"
	out, err := provider.Resolve(text)
	if err != nil {
		return "", &providerError{scheme: scheme, err: err}
	}
	return out, nil
}

type providerError struct {
	scheme string
	err    error
}

func (e *providerError) Error() string {
	return "the provider of " + e.scheme + ":// did not resolve it"
}
func (e *providerError) Unwrap() error { return e.err }
