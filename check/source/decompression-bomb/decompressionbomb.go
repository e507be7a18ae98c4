// Package decompressionbomb reports: compressed data is unpacked without a limit. io.Copy and
// io.ReadAll from gzip, zlib, flate, bzip2, lzw and archive readers.
package decompressionbomb

import (
	"github.com/merlon-go/merlon/check"
	"github.com/merlon-go/merlon/check/source/taint"
)

// Rule documents the fault; whoever drives the analyser gives it a Run.
var Rule = check.Rule{
	ID:         "decompression-bomb",
	Title:      "Compressed data is unpacked without a limit",
	Level:      check.Warning,
	Confidence: check.High,
	Tags:       []string{"source", "taint"},
	Why:        "A few kilobytes unpack to gigabytes and fill memory or disk.",
	Fix:        "Read through io.LimitReader or io.CopyN, and fail at the limit.",
	More:       "io.Copy and io.ReadAll from gzip, zlib, flate, bzip2, lzw and archive readers.",
	CWE:        []int{409},
	ASVS:       []string{"V5.2.3"},
	OWASP:      "A06",
}

// Analyzer reports what taint.Engine found of this kind.
var Analyzer = taint.New(Rule, taint.Bomb)
