package jwtunverified_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	jwtunverified "github.com/merlon-go/merlon/check/source/jwt-unverified"
	"github.com/merlon-go/merlon/check/source/sourcetest"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: jwtunverified.Rule, Analyzer: jwtunverified.Analyzer})
}
