package taint

import (
	"cmp"
	"go/token"
	"reflect"
	"slices"

	"github.com/merlon-go/merlon/check"
	"golang.org/x/tools/go/analysis"
)

// tidy sorts findings and leaves one for each kind and place.
func tidy(all []Finding) []Finding {
	all = nearest(all)
	slices.SortStableFunc(all, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.At.File, b.At.File), cmp.Compare(a.At.Line, b.At.Line), cmp.Compare(a.At.Col, b.At.Col),
			cmp.Compare(a.Kind, b.Kind), cmp.Compare(b.Confidence, a.Confidence), cmp.Compare(a.Class, b.Class), cmp.Compare(a.Pos, b.Pos))
	})
	return slices.CompactFunc(all, func(a, b Finding) bool { return a.At == b.At && a.Kind == b.Kind })
}

// nearest leaves of the logs in other packages that one call leads a secret to
// the one with the shortest way: the call is at fault, and not each of them.
func nearest(all []Finding) []Finding {
	best := map[token.Pos]int{}
	far := func(f *Finding) bool { return f.Kind == SecretLog && f.steps != nil && f.steps.far != nil }
	for i := range all {
		if n, ok := best[all[i].Pos]; far(&all[i]) && (!ok || len(all[i].Trace) < len(all[n].Trace)) {
			best[all[i].Pos] = i
		}
	}
	var left []Finding
	for i := range all {
		if !far(&all[i]) || best[all[i].Pos] == i {
			left = append(left, all[i])
		}
	}
	return left
}

// New makes the analyser that reports the findings of [Engine] of some kinds.
// The rule's ID, Title and Why document it. Its result is a []Finding; the
// Category of its diagnostics is the confidence.
func New(rule check.Rule, kinds Kind) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name:       name(rule.ID),
		Doc:        rule.Title + "\n\n" + rule.Why + "\n\n" + rule.Fix,
		URL:        rule.HelpURI(),
		Requires:   []*analysis.Analyzer{Engine},
		ResultType: reflect.TypeFor[[]Finding](),
		Run: func(pass *analysis.Pass) (any, error) {
			var mine []Finding
			for _, f := range pass.ResultOf[Engine].(*Result).Findings {
				if f.Kind&kinds != 0 {
					mine = append(mine, f)
					pass.Report(f.diagnostic())
				}
			}
			return mine, nil
		},
	}
}

// name turns an id into an analyser's name, which must be an identifier.
func name(id string) string {
	b := []byte(id)
	for i := range b {
		if b[i] == '-' {
			b[i] = '_'
		}
	}
	return string(b)
}

func (f *Finding) diagnostic() analysis.Diagnostic {
	d := analysis.Diagnostic{Pos: f.Pos, Category: f.Confidence.String(), Message: f.Title}
	near := f.Pos
	for _, s := range slices.Backward(f.steps.stations()) {
		text := s.text
		if s.far == nil {
			near = s.pos
		} else { // of another package, which has no positions here
			text = s.far.At.String() + ": " + s.far.Text
		}
		d.Related = append(d.Related, analysis.RelatedInformation{Pos: near, Message: text})
	}
	slices.Reverse(d.Related)
	return d
}
