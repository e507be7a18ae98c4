package check

import (
	"fmt"
	"strings"
)

// A Level says how bad a finding is. The numbers are Django's; the zero Level
// means "as the rule says" in a [Finding] and "the default" in [Options].
type Level int

// The levels, as in Django's system checks.
const (
	Debug    Level = 10
	Info     Level = 20
	Warning  Level = 30
	Error    Level = 40
	Critical Level = 50
)

// Levels lists the levels, worst first.
func Levels() []Level { return []Level{Critical, Error, Warning, Info, Debug} }

// String returns the level in lower case, or "unset" for the zero Level.
func (l Level) String() string {
	switch l {
	case Debug:
		return "debug"
	case Info:
		return "info"
	case Warning:
		return "warning"
	case Error:
		return "error"
	case Critical:
		return "critical"
	case 0:
		return "unset"
	}
	return fmt.Sprintf("level(%d)", int(l))
}

// ParseLevel reads the name of a level, in any case.
func ParseLevel(name string) (Level, error) {
	if len(name) <= len("critical") {
		for _, l := range Levels() {
			if strings.EqualFold(name, l.String()) {
				return l, nil
			}
		}
	}
	return 0, fmt.Errorf("check: unknown level (known: critical, error, warning, info, debug)")
}

// MarshalText writes the level's name.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads the level's name.
func (l *Level) UnmarshalText(text []byte) error {
	level, err := ParseLevel(string(text))
	if err == nil {
		*l = level
	}
	return err
}

// valid reports whether l is one of the five levels.
func (l Level) valid() bool {
	return l == Debug || l == Info || l == Warning || l == Error || l == Critical
}

// Confidence says how sure a rule is, in the sense of Brakeman: High is a
// plain fact, Medium a likely flow, Low an indirect sign. The zero Confidence
// means "as the rule says", and High where the rule says nothing.
type Confidence int

// The degrees of confidence.
const (
	High   Confidence = 3
	Medium Confidence = 2
	Low    Confidence = 1
)

// String returns the confidence in lower case.
func (c Confidence) String() string {
	switch c {
	case Medium:
		return "medium"
	case Low:
		return "low"
	}
	return "high"
}

// MarshalText writes the confidence's name.
func (c Confidence) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads the confidence's name; an unknown one is High.
func (c *Confidence) UnmarshalText(text []byte) error {
	switch string(text) {
	case "medium":
		*c = Medium
	case "low":
		*c = Low
	default:
		*c = High
	}
	return nil
}
