package a

import "net/http"

func protect(pattern string) {
	var p http.CrossOriginProtection
	p.AddInsecureBypassPattern("/")                // want "everything below it"
	p.AddInsecureBypassPattern("POST /api/")       // want "everything below it"
	p.AddInsecureBypassPattern("/files/{path...}") // want "everything below it"
	p.AddInsecureBypassPattern("POST /hook")       // want "is exempt"
	p.AddInsecureBypassPattern(pattern)            // want "not a constant"
	p.AddTrustedOrigin("http://partner.example")   // want "can be forged"
	p.AddTrustedOrigin("https://partner.example")
}
