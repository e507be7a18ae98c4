package bidicharacters_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	bidicharacters "github.com/merlon-go/merlon/check/source/bidi-characters"
	"github.com/merlon-go/merlon/check/source/sourcetest"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: bidicharacters.Rule, Analyzer: bidicharacters.Analyzer})
}
