// Package proto stands in for the library.
package proto
