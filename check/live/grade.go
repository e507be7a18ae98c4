package live

import (
	"fmt"
	"slices"
	"strings"
)

// A Grade is a school grade, A+ being the best. The zero Grade is F, so that
// what nobody judged is not praised.
type Grade int

// The grades, worst first, so that they compare with < and >.
const (
	F Grade = iota
	DMinus
	D
	DPlus
	CMinus
	C
	CPlus
	BMinus
	B
	BPlus
	AMinus
	A
	APlus
)

var gradeNames = []string{"F", "D-", "D", "D+", "C-", "C", "C+", "B-", "B", "B+", "A-", "A", "A+"}

// String returns the grade as it is written, such as "B+".
func (g Grade) String() string {
	if g < F || g > APlus {
		return fmt.Sprintf("grade(%d)", int(g))
	}
	return gradeNames[g]
}

// ParseGrade reads a grade in any case.
func ParseGrade(text string) (Grade, error) {
	if i := slices.Index(gradeNames, strings.ToUpper(text)); i >= 0 {
		return Grade(i), nil
	}
	return F, fmt.Errorf("live: unknown grade (known: %s)", strings.Join(Grades(), ", "))
}

// Grades lists the grades as they are written, best first.
func Grades() []string {
	names := slices.Clone(gradeNames)
	slices.Reverse(names)
	return names
}

// MarshalText writes the grade's name.
func (g Grade) MarshalText() ([]byte, error) { return []byte(g.String()), nil }

// UnmarshalText reads the grade's name.
func (g *Grade) UnmarshalText(text []byte) error {
	grade, err := ParseGrade(string(text))
	if err == nil {
		*g = grade
	}
	return err
}
