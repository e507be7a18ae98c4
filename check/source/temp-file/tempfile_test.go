package tempfile_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	"github.com/merlon-go/merlon/check/source/sourcetest"
	tempfile "github.com/merlon-go/merlon/check/source/temp-file"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: tempfile.Rule, Analyzer: tempfile.Analyzer})
}
