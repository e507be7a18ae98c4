// Package klog stands in for the logger.
package klog

type Verbose struct{}

func (v Verbose) Infof(format string, args ...any) {}
func V(level int32) Verbose                        { return Verbose{} }
func InfoDepth(depth int, args ...any)             {}
func InfoS(msg string, keysAndValues ...any)       {}
