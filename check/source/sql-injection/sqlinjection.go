// Package sqlinjection reports: sQL is put together from values. SQL whose text contains values:
// through variables, fmt.Sprintf, strings.Builder, struct fields, helpers and the raw escapes of query
// builders. Numbers, placeholders and names compared with a list are no fault.
package sqlinjection

import (
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/taint"
)

// Rule documents the fault; whoever drives the analyser gives it a Run.
var Rule = check.Rule{
	ID:         "sql-injection",
	Title:      "SQL is put together from values",
	Level:      check.Error,
	Confidence: check.High,
	Tags:       []string{"source", "taint"},
	Why:        "Whoever controls the value can read, change or delete any row that the program can.",
	Fix:        "Write the statement as a constant and pass values as arguments; choose names of tables and columns from a fixed list.",
	More:       "SQL whose text contains values: through variables, fmt.Sprintf, strings.Builder, struct fields, helpers and the raw escapes of query builders. Numbers, placeholders and names compared with a list are no fault.",
	CWE:        []int{89},
	ASVS:       []string{"V1.2.4"},
	OWASP:      "A05",
}

// Analyzer reports what taint.Engine found of this kind.
var Analyzer = taint.New(Rule, taint.SQL)
