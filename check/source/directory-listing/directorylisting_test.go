package directorylisting_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	directorylisting "github.com/merlon-go/merlon/check/source/directory-listing"
	"github.com/merlon-go/merlon/check/source/sourcetest"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: directorylisting.Rule, Analyzer: directorylisting.Analyzer})
}
