//go:build go1.21

package unknown

import "example.com/nowhere"

type parameter struct{ spec nowhere.Spec }

func kept(all []parameter) (texts []any) {
	for _, p := range all {
		texts = append(texts, &p.spec.Text)
	}
	for _, p := range all {
		texts = append(texts, &p) // want "texts keeps p"
	}
	return texts
}
