package filemode_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source"
	filemode "github.com/merlon-go/merlon/check/source/file-mode"
	"github.com/merlon-go/merlon/check/source/sourcetest"
)

func TestAnalyzer(t *testing.T) {
	sourcetest.Run(t, source.Check{Rule: filemode.Rule, Analyzer: filemode.Analyzer})
}
