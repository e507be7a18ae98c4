package services

import (
	"os"
	"strconv"
	"testing"
)

// StressSteps is how many steps a stress is to take: what the environment
// variable MERLON_STRESS says, or 0 for as few as always.
func StressSteps(tb testing.TB) int {
	tb.Helper()
	text := os.Getenv("MERLON_STRESS")
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		tb.Fatalf("MERLON_STRESS: %v", err)
	}
	return n
}
