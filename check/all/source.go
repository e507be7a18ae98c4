package all

import (
	"github.com/merlon-go/merlon/check/source"
	allocationsize "github.com/merlon-go/merlon/check/source/allocation-size"
	bidicharacters "github.com/merlon-go/merlon/check/source/bidi-characters"
	bindall "github.com/merlon-go/merlon/check/source/bind-all"
	bodylimit "github.com/merlon-go/merlon/check/source/body-limit"
	cgienvironment "github.com/merlon-go/merlon/check/source/cgi-environment"
	"github.com/merlon-go/merlon/check/source/coarse"
	commandinjection "github.com/merlon-go/merlon/check/source/command-injection"
	corsreflect "github.com/merlon-go/merlon/check/source/cors-reflect"
	csrfbypass "github.com/merlon-go/merlon/check/source/csrf-bypass"
	csvinjection "github.com/merlon-go/merlon/check/source/csv-injection"
	debugexposed "github.com/merlon-go/merlon/check/source/debug-exposed"
	decompressionbomb "github.com/merlon-go/merlon/check/source/decompression-bomb"
	directorylisting "github.com/merlon-go/merlon/check/source/directory-listing"
	errorinresponse "github.com/merlon-go/merlon/check/source/error-in-response"
	filemode "github.com/merlon-go/merlon/check/source/file-mode"
	fixednonce "github.com/merlon-go/merlon/check/source/fixed-nonce"
	hardcodedsecret "github.com/merlon-go/merlon/check/source/hardcoded-secret"
	headerinjection "github.com/merlon-go/merlon/check/source/header-injection"
	ignorederror "github.com/merlon-go/merlon/check/source/ignored-error"
	ignoredsecurityerror "github.com/merlon-go/merlon/check/source/ignored-security-error"
	insecurecookie "github.com/merlon-go/merlon/check/source/insecure-cookie"
	insecuregrpc "github.com/merlon-go/merlon/check/source/insecure-grpc"
	insecuretls "github.com/merlon-go/merlon/check/source/insecure-tls"
	integerconversion "github.com/merlon-go/merlon/check/source/integer-conversion"
	integernarrowing "github.com/merlon-go/merlon/check/source/integer-narrowing"
	jwtunverified "github.com/merlon-go/merlon/check/source/jwt-unverified"
	ldapinjection "github.com/merlon-go/merlon/check/source/ldap-injection"
	loginjection "github.com/merlon-go/merlon/check/source/log-injection"
	loopvariable "github.com/merlon-go/merlon/check/source/loop-variable"
	lostcontext "github.com/merlon-go/merlon/check/source/lost-context"
	mailinjection "github.com/merlon-go/merlon/check/source/mail-injection"
	missingauthorization "github.com/merlon-go/merlon/check/source/missing-authorization"
	nosqlinjection "github.com/merlon-go/merlon/check/source/nosql-injection"
	openredirect "github.com/merlon-go/merlon/check/source/open-redirect"
	pathtraversal "github.com/merlon-go/merlon/check/source/path-traversal"
	redirectheaders "github.com/merlon-go/merlon/check/source/redirect-headers"
	regexpinjection "github.com/merlon-go/merlon/check/source/regexp-injection"
	requestsmuggling "github.com/merlon-go/merlon/check/source/request-smuggling"
	rsapadding "github.com/merlon-go/merlon/check/source/rsa-padding"
	secretinjson "github.com/merlon-go/merlon/check/source/secret-in-json"
	secretinlog "github.com/merlon-go/merlon/check/source/secret-in-log"
	secretinresponse "github.com/merlon-go/merlon/check/source/secret-in-response"
	servertimeouts "github.com/merlon-go/merlon/check/source/server-timeouts"
	slicebounds "github.com/merlon-go/merlon/check/source/slice-bounds"
	sqlinjection "github.com/merlon-go/merlon/check/source/sql-injection"
	sshcallbackstate "github.com/merlon-go/merlon/check/source/ssh-callback-state"
	sshhostkey "github.com/merlon-go/merlon/check/source/ssh-host-key"
	"github.com/merlon-go/merlon/check/source/ssrf"
	tempfile "github.com/merlon-go/merlon/check/source/temp-file"
	templatehtml "github.com/merlon-go/merlon/check/source/template-html"
	templateinjection "github.com/merlon-go/merlon/check/source/template-injection"
	texttemplate "github.com/merlon-go/merlon/check/source/text-template"
	timingcompare "github.com/merlon-go/merlon/check/source/timing-compare"
	unsafedeserialization "github.com/merlon-go/merlon/check/source/unsafe-deserialization"
	unsafeuse "github.com/merlon-go/merlon/check/source/unsafe-use"
	walkrace "github.com/merlon-go/merlon/check/source/walk-race"
	weakcipher "github.com/merlon-go/merlon/check/source/weak-cipher"
	weakhash "github.com/merlon-go/merlon/check/source/weak-hash"
	weakkey "github.com/merlon-go/merlon/check/source/weak-key"
	weakpasswordhash "github.com/merlon-go/merlon/check/source/weak-password-hash"
	weakrandom "github.com/merlon-go/merlon/check/source/weak-random"
	websocketorigin "github.com/merlon-go/merlon/check/source/websocket-origin"
	xpathinjection "github.com/merlon-go/merlon/check/source/xpath-injection"
	xssresponse "github.com/merlon-go/merlon/check/source/xss-response"
	zipslip "github.com/merlon-go/merlon/check/source/zip-slip"
)

// Source returns every analyser of Go code that ships.
func Source() []source.Check {
	return []source.Check{
		{Rule: allocationsize.Rule, Analyzer: allocationsize.Analyzer, Fallback: coarse.New(allocationsize.Rule)},
		{Rule: bidicharacters.Rule, Analyzer: bidicharacters.Analyzer},
		{Rule: bindall.Rule, Analyzer: bindall.Analyzer},
		{Rule: bodylimit.Rule, Analyzer: bodylimit.Analyzer},
		{Rule: cgienvironment.Rule, Analyzer: cgienvironment.Analyzer},
		{Rule: commandinjection.Rule, Analyzer: commandinjection.Analyzer, Fallback: coarse.New(commandinjection.Rule)},
		{Rule: corsreflect.Rule, Analyzer: corsreflect.Analyzer},
		{Rule: csrfbypass.Rule, Analyzer: csrfbypass.Analyzer},
		{Rule: csvinjection.Rule, Analyzer: csvinjection.Analyzer, Fallback: coarse.New(csvinjection.Rule)},
		{Rule: debugexposed.Rule, Analyzer: debugexposed.Analyzer},
		{Rule: decompressionbomb.Rule, Analyzer: decompressionbomb.Analyzer, Fallback: coarse.New(decompressionbomb.Rule)},
		{Rule: directorylisting.Rule, Analyzer: directorylisting.Analyzer},
		{Rule: errorinresponse.Rule, Analyzer: errorinresponse.Analyzer, Fallback: coarse.New(errorinresponse.Rule)},
		{Rule: filemode.Rule, Analyzer: filemode.Analyzer},
		{Rule: fixednonce.Rule, Analyzer: fixednonce.Analyzer, Fallback: fixednonce.Syntax},
		{Rule: hardcodedsecret.Rule, Analyzer: hardcodedsecret.Analyzer},
		{Rule: headerinjection.Rule, Analyzer: headerinjection.Analyzer, Fallback: coarse.New(headerinjection.Rule)},
		{Rule: ignorederror.Rule, Analyzer: ignorederror.Analyzer},
		{Rule: ignoredsecurityerror.Rule, Analyzer: ignoredsecurityerror.Analyzer},
		{Rule: insecurecookie.Rule, Analyzer: insecurecookie.Analyzer},
		{Rule: insecuregrpc.Rule, Analyzer: insecuregrpc.Analyzer},
		{Rule: insecuretls.Rule, Analyzer: insecuretls.Analyzer},
		{Rule: integerconversion.Rule, Analyzer: integerconversion.Analyzer},
		{Rule: integernarrowing.Rule, Analyzer: integernarrowing.Analyzer, Fallback: coarse.New(integernarrowing.Rule)},
		{Rule: jwtunverified.Rule, Analyzer: jwtunverified.Analyzer},
		{Rule: ldapinjection.Rule, Analyzer: ldapinjection.Analyzer, Fallback: coarse.New(ldapinjection.Rule)},
		{Rule: loginjection.Rule, Analyzer: loginjection.Analyzer, Fallback: coarse.New(loginjection.Rule)},
		{Rule: loopvariable.Rule, Analyzer: loopvariable.Analyzer},
		{Rule: lostcontext.Rule, Analyzer: lostcontext.Analyzer},
		{Rule: mailinjection.Rule, Analyzer: mailinjection.Analyzer, Fallback: coarse.New(mailinjection.Rule)},
		{Rule: missingauthorization.Rule, Analyzer: missingauthorization.Analyzer},
		{Rule: nosqlinjection.Rule, Analyzer: nosqlinjection.Analyzer, Fallback: coarse.New(nosqlinjection.Rule)},
		{Rule: openredirect.Rule, Analyzer: openredirect.Analyzer, Fallback: coarse.New(openredirect.Rule)},
		{Rule: pathtraversal.Rule, Analyzer: pathtraversal.Analyzer, Fallback: coarse.New(pathtraversal.Rule)},
		{Rule: redirectheaders.Rule, Analyzer: redirectheaders.Analyzer},
		{Rule: regexpinjection.Rule, Analyzer: regexpinjection.Analyzer, Fallback: coarse.New(regexpinjection.Rule)},
		{Rule: requestsmuggling.Rule, Analyzer: requestsmuggling.Analyzer},
		{Rule: rsapadding.Rule, Analyzer: rsapadding.Analyzer},
		{Rule: secretinjson.Rule, Analyzer: secretinjson.Analyzer},
		{Rule: secretinlog.Rule, Analyzer: secretinlog.Analyzer, Fallback: coarse.New(secretinlog.Rule)},
		{Rule: secretinresponse.Rule, Analyzer: secretinresponse.Analyzer, Fallback: coarse.New(secretinresponse.Rule)},
		{Rule: servertimeouts.Rule, Analyzer: servertimeouts.Analyzer},
		{Rule: slicebounds.Rule, Analyzer: slicebounds.Analyzer},
		{Rule: sqlinjection.Rule, Analyzer: sqlinjection.Analyzer, Fallback: coarse.New(sqlinjection.Rule)},
		{Rule: sshcallbackstate.Rule, Analyzer: sshcallbackstate.Analyzer},
		{Rule: sshhostkey.Rule, Analyzer: sshhostkey.Analyzer},
		{Rule: ssrf.Rule, Analyzer: ssrf.Analyzer, Fallback: coarse.New(ssrf.Rule)},
		{Rule: tempfile.Rule, Analyzer: tempfile.Analyzer},
		{Rule: templatehtml.Rule, Analyzer: templatehtml.Analyzer, Fallback: coarse.New(templatehtml.Rule)},
		{Rule: templateinjection.Rule, Analyzer: templateinjection.Analyzer, Fallback: coarse.New(templateinjection.Rule)},
		{Rule: texttemplate.Rule, Analyzer: texttemplate.Analyzer},
		{Rule: timingcompare.Rule, Analyzer: timingcompare.Analyzer},
		{Rule: unsafedeserialization.Rule, Analyzer: unsafedeserialization.Analyzer, Fallback: coarse.New(unsafedeserialization.Rule)},
		{Rule: unsafeuse.Rule, Analyzer: unsafeuse.Analyzer},
		{Rule: walkrace.Rule, Analyzer: walkrace.Analyzer},
		{Rule: weakcipher.Rule, Analyzer: weakcipher.Analyzer},
		{Rule: weakhash.Rule, Analyzer: weakhash.Analyzer},
		{Rule: weakkey.Rule, Analyzer: weakkey.Analyzer},
		{Rule: weakpasswordhash.Rule, Analyzer: weakpasswordhash.Analyzer},
		{Rule: weakrandom.Rule, Analyzer: weakrandom.Analyzer},
		{Rule: websocketorigin.Rule, Analyzer: websocketorigin.Analyzer},
		{Rule: xpathinjection.Rule, Analyzer: xpathinjection.Analyzer, Fallback: coarse.New(xpathinjection.Rule)},
		{Rule: xssresponse.Rule, Analyzer: xssresponse.Analyzer, Fallback: coarse.New(xssresponse.Rule)},
		{Rule: zipslip.Rule, Analyzer: zipslip.Analyzer, Fallback: coarse.New(zipslip.Rule)},
	}
}
