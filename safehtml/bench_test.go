package safehtml_test

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"testing"

	"github.com/merlon-go/merlon/safehtml"
)

// benchPage is a page of ordinary size: a layout, a form and a table.
const benchPage = `<!doctype html><title>{{.Title}}</title><h1>{{.Title}}</h1><form method="post" action="/x?next={{.Next}}">%s<input name="q" value="{{.Query}}"></form>
<table>{{range .Rows}}<tr><td><a href="{{.Link}}">{{.Name}}</a></td><td>{{.Count}}</td><td title="{{.Note}}">{{.Note}}</td></tr>
{{end}}</table>`

type benchRow struct {
	Link, Name, Note string
	Count            int
}

type benchData struct {
	Title, Next, Query string
	Rows               []benchRow
}

func newBenchData() benchData {
	d := benchData{Title: "Orders & more", Next: "/a?b=c", Query: `"quoted"`}
	for i := range 50 {
		d.Rows = append(d.Rows, benchRow{fmt.Sprintf("/orders/%d", i), "Order <b>", "a note that is a sentence long", i})
	}
	return d
}

func benchToken(context.Context) string { return "0123456789abcdef0123456789abcdef" }

// BenchmarkRender against BenchmarkBare: the same page, the latter with the
// field in its data.
func BenchmarkRender(b *testing.B) {
	set, err := safehtml.Load(safehtml.Config{FS: tree("page.html", fmt.Sprintf(benchPage, "{{csrfField}}")), CSRFToken: benchToken})
	if err != nil {
		b.Fatal(err)
	}
	data := newBenchData()
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := set.HTML(context.Background(), "page", data); err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkBare(b *testing.B) {
	tmpl := template.Must(template.New("page").Parse(fmt.Sprintf(benchPage, "{{.Field}}")))
	data := struct {
		benchData
		Field template.HTML
	}{newBenchData(), `<input type="hidden" name="csrf_token" value="0123456789abcdef0123456789abcdef">`}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			var buffer bytes.Buffer
			if err := tmpl.Execute(&buffer, data); err != nil {
				b.Error(err)
			}
			_ = buffer.String()
		}
	})
}
