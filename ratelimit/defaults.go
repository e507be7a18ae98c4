package ratelimit

import "slices"

// Defaults returns the rules that a site with accounts has unless it says
// otherwise. They bound what one network can try, before passwords are hashed
// and mails are sent; what one account can bear is lockout's business.
//
// Networks are shared: an office or a mobile carrier puts many people behind
// one IPv4 address, so rules by network are generous and rules by what is
// attacked, such as the address a mail goes to, are tight.
func Defaults() []Rule {
	return []Rule{
		// A sign-in costs 50 ms of hashing: 30 a minute from one network are
		// 1.5 s of a processor. Nobody types faster; an office may, together.
		named("login", "POST /account/login", ByNetwork(), "30/m"),
		named("login-api", "POST /account/api/v1/login", ByNetwork(), "30/m"),
		// Of those, wrong ones: ten a minute leave room for a forgotten
		// password and none for a list of stolen ones.
		failed(named("login-failed", "POST /account/login", ByNetwork(), "10/m burst 20")),
		failed(named("login-failed-api", "POST /account/api/v1/login", ByNetwork(), "10/m burst 20")),
		// Accounts and the mails that confirm them.
		named("signup", "POST /account/signup", ByNetwork(), "20/h"),
		named("signup-api", "POST /account/api/v1/signup", ByNetwork(), "20/h"),
		// Mails to one address: enough for one that went astray.
		named("reset", "POST /account/password/reset", ByNetwork(), "20/h"),
		named("reset-address", "POST /account/password/reset", ByForm("email"), "5/h burst 3"),
		named("unlock", "POST /account/unlock", ByNetwork(), "20/h"),
		named("unlock-address", "POST /account/unlock", ByForm("email"), "5/h burst 3"),
		named("reset-api", "POST /account/api/v1/password/reset", ByNetwork(), "20/h"),
		named("reset-address-api", "POST /account/api/v1/password/reset", ByForm("email"), "5/h burst 3"),
		// Codes have six digits: a million guesses at 10 a minute take ten
		// weeks, and a code lives for minutes.
		named("code", "POST /account/mfa/", ByNetwork(), "10/m"),
		named("code-api", "POST /account/api/v1/mfa/", ByNetwork(), "10/m"),
		// A page with many violations reports each of them, and what browsers
		// send here costs a row in the database.
		named("csp-report", "POST /-/csp-report", ByNetwork(), "60/m burst 30"),
		// Everything else that programs ask for.
		named("api", "/account/api/", ByNetwork(), "300/m"),
	}
}

// Override returns base with rules added: a rule replaces the one of the same
// name, so that a site can change one built-in rule and keep the others.
func Override(base, rules []Rule) []Rule {
	all := slices.Clone(base)
	for _, r := range rules {
		if i := slices.IndexFunc(all, func(old Rule) bool { return old.Name == r.Name }); i >= 0 {
			all[i] = r
		} else {
			all = append(all, r)
		}
	}
	return all
}

func named(name, pattern string, key Key, rate string) Rule {
	return Rule{Name: name, Pattern: pattern, Key: key, Rate: MustRate(rate)}
}

func failed(r Rule) Rule {
	r.Count = CountFailed
	return r
}
