package taint

import "strings"

// A Kind is a set of the things that a value can do harm in. A tainted value
// carries the kinds it is still dangerous for; a cleaner takes some away.
type Kind uint64

// The kinds. Each is reported by the analyser whose id [Kind.ID] returns.
const (
	SQL Kind = 1 << iota
	NoSQL
	Command
	Path
	ZipSlip
	SSRF
	Redirect
	XSS
	TemplateHTML
	TemplateSource
	Log
	SecretLog
	SecretResponse
	ErrorResponse
	Deserialize
	Header
	Mail
	Regexp
	LDAP
	XPath
	Allocation
	Bomb
	Narrowing
	CSV
	// equality is what text can do that a filter of documents compares with:
	// nothing, unless the filter is read by somebody else. It is reported as
	// NoSQL, with low confidence.
	equality
	lastKind
)

// all is every kind.
const all = lastKind - 1

// injection are the kinds that text from a request is dangerous for.
const injection = all &^ (ZipSlip | SecretLog | SecretResponse | ErrorResponse | Bomb | Narrowing)

// numeric are the kinds that a number is dangerous for.
const numeric = Allocation

var kindIDs = [...]string{
	"sql-injection", "nosql-injection", "command-injection", "path-traversal", "zip-slip", "ssrf", "open-redirect",
	"xss-response", "template-html", "template-injection", "log-injection", "secret-in-log", "secret-in-response",
	"error-in-response", "unsafe-deserialization", "header-injection", "mail-injection", "regexp-injection",
	"ldap-injection", "xpath-injection", "allocation-size", "decompression-bomb", "integer-narrowing", "csv-injection",
}

// short are the names that the tables use.
var short = [...]string{
	"sql", "nosql", "command", "path", "zip", "ssrf", "redirect", "xss", "html", "template", "log", "secretlog",
	"secretresponse", "error", "deserialize", "header", "mail", "regexp", "ldap", "xpath", "allocation", "bomb", "narrowing", "csv",
}

// ID returns the id of the analyser for a single kind, or "".
func (k Kind) ID() string {
	for i, id := range kindIDs {
		if k == 1<<i {
			return id
		}
	}
	return ""
}

// each calls f for every single kind in k, lowest first.
func (k Kind) each(f func(Kind)) {
	for one := Kind(1); one < lastKind; one <<= 1 {
		if k&one != 0 {
			f(one)
		}
	}
}

// parseKinds reads names of the tables joined by commas; "all" is every kind.
func parseKinds(list string) Kind {
	var k Kind
	for name := range strings.SplitSeq(list, ",") {
		if name == "all" {
			return all
		}
		found := false
		for i, s := range short {
			if s == name {
				k |= 1 << i
				if 1<<i == NoSQL {
					k |= equality
				}
				found = true
			}
		}
		if !found {
			panic("taint: table names unknown kind " + name)
		}
	}
	return k
}

// A Class says where a tainted value comes from.
type Class uint8

// The classes of origin; the zero Class is a parameter of the function looked
// at, which is only dangerous if a caller passes something dangerous.
const (
	Parameter Class = iota
	Request         // a request: anybody can send it
	Remote          // a message from a peer: queues, sockets
	Operator        // arguments, environment, standard input: mostly trusted
	Stored          // rows of a database that users may have filled
	Archive         // names of entries in an archive
	Secret          // a password, token or key
	ErrorText       // the text of an internal error
)

var classNames = [...]string{"parameter", "request", "remote", "operator", "stored", "archive", "secret", "errortext"}

// String returns the class as it is called in messages.
func (c Class) String() string {
	return [...]string{"a parameter", "request data", "data from a peer", "data from the command line or environment",
		"data from the database", "an archive entry's name", "a secret", "an internal error"}[c]
}

// kinds are what values of the class are dangerous for at their source.
func (c Class) kinds() Kind {
	switch c {
	case Parameter:
		return all
	case Request, Remote:
		return injection
	case Operator:
		return SQL | Command | Path | SSRF | Log | TemplateSource
	case Stored:
		return XSS | TemplateHTML
	case Archive:
		return ZipSlip
	case Secret:
		return SecretLog | SecretResponse
	case ErrorText:
		return ErrorResponse
	}
	return 0
}

// travels reports whether values of the class are followed out of the function
// that gets them. What an operator says is meant to have effects, and what is
// named like a secret is named anew where it arrives.
func (c Class) travels() bool { return c != Secret && c != ErrorText && c != Operator }

func parseClass(name string) Class {
	for i, s := range classNames {
		if s == name {
			return Class(i)
		}
	}
	panic("taint: table names unknown class " + name)
}
