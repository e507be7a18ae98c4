package a

import (
	"crypto/hmac"
	"crypto/sha256"
	"net/http"
	"os"
)

const dbPassword = "hunter2X9!" // want "dbPassword has its value"

var apiKey = "b8fJ29xQpL0aZ7vT3mNwR5uY" // want "apiKey has its value"

const (
	passwordField = "password"
	tokenHeader   = "X-Auth-Token"
	apiKeyEnv     = "APP_API_KEY"
	errPassword   = "the password is too short"
	secretKey     = "changeme"
)

type config struct{ Password, Token, User string }

func use(r *http.Request, given string) bool {
	c := config{User: "bob", Password: "S3cret-pass"} // want "Password has its value"
	c.Token = os.Getenv("TOKEN")
	key := "gh" + "p"
	_ = key
	var aws = "AKIAQ3EGWJ7ZK2NT5LUP" // want "an AWS access key"
	_ = aws
	url := "postgres://app:Zk29fq1x@db.internal/app" // want "a URL with its password"
	_ = url
	_ = "postgres://app:password@localhost/app"
	hmac.New(sha256.New, []byte("constant key")) // want "the key of New is a constant"
	r.SetBasicAuth("bob", "wonderland1")         // want "the key of SetBasicAuth"
	if c.Password == "backdoor42" {              // want "Password has its value"
		return true
	}
	return c.Token == given
}

type paths struct{ GitHubToken, TokenLookup, Help string }

var _ = paths{
	GitHubToken: "~/.config/app/github_token2", // where it lies
	TokenLookup: "header:X-CSRF-Token2",
	Help: `Write the key in one line:

    key_pem = -----BEGIN RSA PRIVATE KEY-----\nMaMbaIXtE\n0gAMbMbaSsd\n-----END RSA PRIVATE KEY-----

The command awk '{printf "%s\\n", $0}' makes that line of the file that
ssh-keygen has written, and what is given here goes before the file that the
option key_file names, if there is one.`,
}
