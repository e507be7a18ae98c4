package all

import (
	"github.com/merlon-go/merlon/check/source"
	allocationsize "github.com/merlon-go/merlon/check/source/allocation-size"
	commandinjection "github.com/merlon-go/merlon/check/source/command-injection"
	csvinjection "github.com/merlon-go/merlon/check/source/csv-injection"
	decompressionbomb "github.com/merlon-go/merlon/check/source/decompression-bomb"
	errorinresponse "github.com/merlon-go/merlon/check/source/error-in-response"
	headerinjection "github.com/merlon-go/merlon/check/source/header-injection"
	integernarrowing "github.com/merlon-go/merlon/check/source/integer-narrowing"
	ldapinjection "github.com/merlon-go/merlon/check/source/ldap-injection"
	loginjection "github.com/merlon-go/merlon/check/source/log-injection"
	mailinjection "github.com/merlon-go/merlon/check/source/mail-injection"
	nosqlinjection "github.com/merlon-go/merlon/check/source/nosql-injection"
	openredirect "github.com/merlon-go/merlon/check/source/open-redirect"
	pathtraversal "github.com/merlon-go/merlon/check/source/path-traversal"
	regexpinjection "github.com/merlon-go/merlon/check/source/regexp-injection"
	secretinlog "github.com/merlon-go/merlon/check/source/secret-in-log"
	secretinresponse "github.com/merlon-go/merlon/check/source/secret-in-response"
	sqlinjection "github.com/merlon-go/merlon/check/source/sql-injection"
	"github.com/merlon-go/merlon/check/source/ssrf"
	templatehtml "github.com/merlon-go/merlon/check/source/template-html"
	templateinjection "github.com/merlon-go/merlon/check/source/template-injection"
	unsafedeserialization "github.com/merlon-go/merlon/check/source/unsafe-deserialization"
	weakhash "github.com/merlon-go/merlon/check/source/weak-hash"
	xpathinjection "github.com/merlon-go/merlon/check/source/xpath-injection"
	xssresponse "github.com/merlon-go/merlon/check/source/xss-response"
	zipslip "github.com/merlon-go/merlon/check/source/zip-slip"
)

// Source returns every analyser of Go code that ships.
func Source() []source.Check {
	return []source.Check{
		{Rule: allocationsize.Rule, Analyzer: allocationsize.Analyzer},
		{Rule: commandinjection.Rule, Analyzer: commandinjection.Analyzer},
		{Rule: csvinjection.Rule, Analyzer: csvinjection.Analyzer},
		{Rule: decompressionbomb.Rule, Analyzer: decompressionbomb.Analyzer},
		{Rule: errorinresponse.Rule, Analyzer: errorinresponse.Analyzer},
		{Rule: headerinjection.Rule, Analyzer: headerinjection.Analyzer},
		{Rule: integernarrowing.Rule, Analyzer: integernarrowing.Analyzer},
		{Rule: ldapinjection.Rule, Analyzer: ldapinjection.Analyzer},
		{Rule: loginjection.Rule, Analyzer: loginjection.Analyzer},
		{Rule: mailinjection.Rule, Analyzer: mailinjection.Analyzer},
		{Rule: nosqlinjection.Rule, Analyzer: nosqlinjection.Analyzer},
		{Rule: openredirect.Rule, Analyzer: openredirect.Analyzer},
		{Rule: pathtraversal.Rule, Analyzer: pathtraversal.Analyzer},
		{Rule: regexpinjection.Rule, Analyzer: regexpinjection.Analyzer},
		{Rule: secretinlog.Rule, Analyzer: secretinlog.Analyzer},
		{Rule: secretinresponse.Rule, Analyzer: secretinresponse.Analyzer},
		{Rule: sqlinjection.Rule, Analyzer: sqlinjection.Analyzer},
		{Rule: ssrf.Rule, Analyzer: ssrf.Analyzer},
		{Rule: templatehtml.Rule, Analyzer: templatehtml.Analyzer},
		{Rule: templateinjection.Rule, Analyzer: templateinjection.Analyzer},
		{Rule: unsafedeserialization.Rule, Analyzer: unsafedeserialization.Analyzer},
		{Rule: weakhash.Rule, Analyzer: weakhash.Analyzer},
		{Rule: xpathinjection.Rule, Analyzer: xpathinjection.Analyzer},
		{Rule: xssresponse.Rule, Analyzer: xssresponse.Analyzer},
		{Rule: zipslip.Rule, Analyzer: zipslip.Analyzer},
	}
}
