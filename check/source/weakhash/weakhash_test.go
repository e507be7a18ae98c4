package weakhash_test

import (
	"testing"

	"github.com/merlon-go/merlon/check/source/sourcetest"
	"github.com/merlon-go/merlon/check/source/weakhash"
)

func TestAnalyzer(t *testing.T) { sourcetest.Run(t, weakhash.Check) }
