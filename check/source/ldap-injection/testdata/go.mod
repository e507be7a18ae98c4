module example.com/app

go 1.26

require (
	github.com/go-ldap/ldap/v3 v3.4.0
)

replace github.com/go-ldap/ldap/v3 => ./stub/ldap
