package settings

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/merlon-go/merlon/secrets"
)

// The schemes that Django's configuration packages know, and what they are here.
var (
	databaseSchemes = map[string]string{
		"postgres": "postgres", "postgresql": "postgres", "psql": "postgres", "pgsql": "postgres", "postgis": "postgres",
		"cockroachdb": "postgres", "redshift": "postgres",
		"sqlite": "sqlite", "sqlite3": "sqlite", "spatialite": "sqlite",
		"mysql": "mysql", "mysql2": "mysql", "mysql-connector": "mysql", "mysqlgis": "mysql",
		"mssql": "mssql", "pyodbc": "mssql", "oracle": "oracle", "ldap": "ldap",
	}
	cacheSchemes = map[string]string{
		"redis": "redis", "rediss": "rediss", "rediscache": "redis", "valkey": "valkey", "valkeys": "valkeys",
		"redis+sentinel": "redis+sentinel", "rediss+sentinel": "rediss+sentinel",
		"redis+cluster": "redis+cluster", "rediss+cluster": "rediss+cluster",
		"valkey+sentinel": "valkey+sentinel", "valkeys+sentinel": "valkeys+sentinel",
		"valkey+cluster": "valkey+cluster", "valkeys+cluster": "valkeys+cluster",
		"redis+unix": "unix", "unix": "unix",
		"locmemcache": "locmem", "locmem": "locmem", "dbcache": "db", "filecache": "file", "dummycache": "dummy",
		"memcache": "memcache", "pymemcache": "memcache", "pylibmc": "pylibmc",
	}
	emailSchemes = map[string]string{
		"smtp": "smtp", "smtp+tls": "smtp", "submission": "smtp", "smtps": "smtps", "smtp+ssl": "smtps", "submissions": "smtps",
		"console": "console", "consolemail": "console", "file": "file", "filemail": "file",
		"memory": "memory", "memorymail": "memory", "dummy": "dummy", "dummymail": "dummy",
	}
)

// known returns the canonical scheme of p, or an error that names none of its text.
func (p parts) known(table map[string]string, more []string) (string, error) {
	if canonical, ok := table[p.scheme]; ok {
		return canonical, nil
	}
	if slices.Contains(more, p.scheme) {
		return p.scheme, nil
	}
	return "", errScheme
}

var errScheme = errors.New("a URL with an unknown scheme")

func (p parts) url(scheme string) URL {
	return URL{Scheme: scheme, User: p.user, Password: secrets.New(p.password), options: p.options}
}

// ParseDatabaseURL reads a database's address: sqlite:///relative.db,
// sqlite:////absolute.db, sqlite::memory:, postgres://user:password@host:port/name
// with several hosts perhaps (each keeps its own port) or a socket as
// postgres:////run/postgresql/name or postgres://%2Frun%2Fpostgresql/name.
// Django's other schemes are read as well, and those in more as generic ones.
func ParseDatabaseURL(text string, more ...string) (URL, error) {
	p, err := cut(text)
	if err != nil {
		return URL{}, err
	}
	scheme, err := p.known(databaseSchemes, more)
	if err != nil {
		return URL{}, err
	}
	u := p.url(scheme)
	if scheme == "sqlite" {
		return sqliteURL(u, p)
	}
	if !p.slashes {
		return URL{}, errors.New("a database URL without // after the scheme")
	}
	if u.Hosts, err = parseHosts(p.authority); err != nil {
		return URL{}, err
	}
	if u.Path, err = unescape(strings.TrimPrefix(p.path, "/")); err != nil {
		return URL{}, errors.New("a database name with a bad percent-escape")
	}
	if i := strings.LastIndexByte(u.Path, '/'); i > 0 && len(u.Hosts) == 0 && u.Path[0] == '/' {
		u.Hosts, u.Path = []Host{{Name: u.Path[:i]}}, u.Path[i+1:]
	}
	if scheme == "oracle" && u.Path == "" && len(u.Hosts) == 1 && u.Hosts[0].Port == 0 {
		u.Path, u.Hosts = u.Hosts[0].Name, nil // a TNS name
	}
	u.text = secrets.New(u.databaseText())
	return u, nil
}

func sqliteURL(u URL, p parts) (URL, error) {
	path, err := unescape(p.path)
	switch {
	case err != nil:
		return URL{}, errors.New("a file name with a bad percent-escape")
	case p.authority == ":memory:":
		path = p.authority
	case p.authority != "" || u.User != "" || !u.Password.IsZero():
		return URL{}, errors.New("a database file behind two slashes; write sqlite:///relative.db or sqlite:////absolute.db")
	case p.slashes:
		path = strings.TrimPrefix(path, "/")
	}
	if path == "" {
		return URL{}, errors.New("a database URL without a file")
	}
	u.Path = path
	u.text = secrets.New("sqlite:///" + (&url.URL{Path: path}).EscapedPath() + u.query(nil))
	return u, nil
}

// databaseText writes hosts into the query wherever net/url, which drivers
// parse with, does not understand them: sockets, and more than one host.
func (u URL) databaseText() string {
	out := url.URL{Scheme: u.Scheme, User: u.userinfo(), Path: "/" + u.Path}
	extra := url.Values{}
	if len(u.Hosts) == 1 && !strings.HasPrefix(u.Hosts[0].Name, "/") {
		out.Host = u.Hosts[0].String()
	} else if len(u.Hosts) > 0 {
		var names, ports []string
		for _, h := range u.Hosts {
			names = append(names, h.Name)
			if h.Port == 0 {
				h.Port = 5432
			}
			ports = append(ports, strings.TrimPrefix(hostPort("", h.Port), ":"))
		}
		extra.Set("host", strings.Join(names, ","))
		extra.Set("port", strings.Join(ports, ","))
	}
	return out.String() + u.query(extra)
}

func (u URL) userinfo() *url.Userinfo {
	switch {
	case !u.Password.IsZero():
		return url.UserPassword(u.User, u.Password.Reveal())
	case u.User != "":
		return url.User(u.User)
	}
	return nil
}

func (u URL) query(extra url.Values) string {
	q := url.Values{}
	for name, s := range u.options {
		q.Set(name, s.Reveal())
	}
	for name, texts := range extra {
		q[name] = texts
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// ParseCacheURL reads a cache's address: redis://, rediss:// (TLS), valkey:// and
// valkeys:// with user:password@host:port/database. Several hosts separated by
// commas, or the scheme redis+cluster://, are nodes of a cluster;
// redis+sentinel://host1,host2/master/database are sentinels, and their
// option master_set names the master. unix:///path is a socket. Django's other
// schemes are read as well, and those in more as generic ones.
func ParseCacheURL(text string, more ...string) (URL, error) {
	p, err := cut(text)
	if err != nil {
		return URL{}, err
	}
	scheme, err := p.known(cacheSchemes, more)
	if err != nil {
		return URL{}, err
	}
	u := p.url(scheme)
	if u.Path, err = unescape(p.path); err != nil {
		return URL{}, errors.New("a path with a bad percent-escape")
	}
	switch scheme {
	case "locmem", "db", "dummy":
		u.Path, err = unescape(p.authority + p.path)
	case "file", "pylibmc", "unix":
		if p.authority != "" && scheme != "pylibmc" || u.Path == "" {
			err = errors.New("a path behind two slashes; write three")
		}
	}
	if err != nil {
		return URL{}, err
	}
	if strings.HasPrefix(scheme, "redis") || strings.HasPrefix(scheme, "valkey") {
		return redisURL(u, p)
	}
	if slices.Contains([]string{"locmem", "db", "dummy", "file", "unix"}, scheme) {
		u.text = secrets.New(scheme + "://" + u.Path + u.query(nil))
		return u, nil
	}
	if u.Hosts, err = parseHosts(p.authority); err != nil {
		return URL{}, err
	}
	u.text = secrets.New(scheme + "://" + p.authority + p.path + u.query(nil))
	return u, nil
}

func redisURL(u URL, p parts) (URL, error) {
	if !p.slashes {
		return URL{}, errors.New("a Redis URL without // after the scheme")
	}
	var err error
	if u.Hosts, err = parseHosts(p.authority); err != nil {
		return URL{}, err
	}
	if len(u.Hosts) == 0 {
		return URL{}, errors.New("a Redis URL without a host")
	}
	base, kind, _ := strings.Cut(u.Scheme, "+")
	u.Path = strings.Trim(u.Path, "/")
	if kind == "sentinel" {
		master, db, _ := strings.Cut(u.Path, "/")
		if !digits(master) && master != "" {
			u.Path = db
			u.options["master_set"] = secrets.New(master)
		}
		if u.Option("master_set") == "" {
			return URL{}, errors.New("a sentinel URL without the master's name; write redis+sentinel://host1,host2/master")
		}
	}
	if u.Path != "" && !digits(u.Path) {
		return URL{}, errors.New("a Redis database that is not a number")
	}
	if kind == "cluster" && strings.Trim(u.Path, "0") != "" {
		return URL{}, errors.New("a Redis cluster has database 0 only")
	}
	extra := url.Values{}
	for _, h := range u.Hosts[1:] {
		if h.Port == 0 {
			h.Port = 6379
			if kind == "sentinel" {
				h.Port = 26379
			}
		}
		extra.Add("addr", h.String())
	}
	out := url.URL{Scheme: base, User: u.userinfo(), Host: u.Hosts[0].String()}
	if kind == "sentinel" && u.Hosts[0].Port == 0 {
		out.Host = Host{Name: u.Hosts[0].Name, Port: 26379}.String()
	}
	if u.Path != "" {
		out.Path = "/" + u.Path
	}
	u.text = secrets.New(out.String() + u.query(extra))
	return u, nil
}

// ParseEmailURL reads how mail leaves: smtp://user:password@host:587 (STARTTLS),
// smtps://… (TLS from the first byte; django-environ's smtps is STARTTLS),
// file:///directory, console: and memory:. Django's other schemes are read as
// well, and those in more as generic ones.
func ParseEmailURL(text string, more ...string) (URL, error) {
	p, err := cut(text)
	if err != nil {
		return URL{}, err
	}
	scheme, err := p.known(emailSchemes, more)
	if err != nil {
		return URL{}, err
	}
	u := p.url(scheme)
	if u.Path, err = unescape(p.path); err != nil {
		return URL{}, errors.New("a path with a bad percent-escape")
	}
	for _, name := range []string{"EMAIL_USE_TLS", "EMAIL_USE_SSL"} {
		if _, err := u.Bool(name, false); err != nil {
			return URL{}, errors.New("the option " + name + " is not a boolean")
		}
	}
	switch scheme {
	case "console", "memory", "dummy":
		if p.authority != "" || strings.Trim(p.path, "/") != "" || u.User != "" {
			return URL{}, errors.New("nothing may follow " + scheme + ":")
		}
		u.Path = ""
		u.text = secrets.New(scheme + ":" + u.query(nil))
		return u, nil
	case "file":
		if p.authority != "" || u.Path == "" {
			return URL{}, errors.New("a mail directory behind two slashes; write file:///directory")
		}
		text := "file:" + (&url.URL{Path: u.Path}).EscapedPath()
		if u.Path[0] == '/' {
			text = "file://" + text[len("file:"):]
		}
		u.text = secrets.New(text + u.query(nil))
		return u, nil
	}
	if u.Hosts, err = parseHosts(p.authority); err != nil {
		return URL{}, err
	}
	if len(u.Hosts) != 1 || strings.Trim(u.Path, "/") != "" {
		return URL{}, errors.New("a mail URL is scheme://user:password@host:port")
	}
	u.Path = ""
	out := url.URL{Scheme: scheme, User: u.userinfo(), Host: u.Hosts[0].String()}
	u.text = secrets.New(out.String() + u.query(nil))
	return u, nil
}
