package conf

import "github.com/merlon-go/merlon/check"

func databasePlaintext() check.Rule {
	return onSettings(check.Rule{
		ID:     "database-plaintext",
		Title:  "The database is reached without TLS",
		Level:  check.Error,
		Deploy: true,
		Tags:   []string{"settings", "stores", "tls"},
		Why:    "Whoever is on the way reads and changes accounts, and the database's password with them.",
		Fix:    "Add sslmode=verify-full to DATABASE_URL, with sslrootcert if the server's certificate is your own.",
		More:   "An error if the server is on the Internet, a note if it is in a private network. sslmode prefer and allow count as no TLS: an attacker on the way takes the offer away.",
		CWE:    []int{319},
		ASVS:   []string{"V12.3.1"},
		OWASP:  "A04",
	}, func(l *look) {
		u := l.set.Store.DatabaseURL
		if u.Scheme != "postgres" || far(u.Hosts) == here {
			return
		}
		mode := u.Option("sslmode")
		switch mode {
		case "require", "verify-ca", "verify-full":
			return
		case "":
			mode = "not set"
		case "disable", "allow", "prefer":
		default:
			mode = "none that there is"
		}
		f := l.add("DATABASE_URL", "sslmode is %s, so the database may be reached without TLS", mode)
		if far(u.Hosts) == near {
			f.Level = check.Info
		}
	})
}
