package unsafehtml_test

import (
	"context"
	"fmt"
	"html/template"
	"testing/fstest"

	"github.com/merlon-go/merlon/safehtml"
	"github.com/merlon-go/merlon/safehtml/unsafehtml"
)

// A template.HTML is text to safehtml; only this package's types are markup.
func Example() {
	pages, err := safehtml.Load(safehtml.Config{FS: fstest.MapFS{"p.html": {Data: []byte(`{{.}}`)}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, value := range []any{"<b>", template.HTML("<b>"), unsafehtml.HTML("<b>")} {
		text, err := pages.HTML(context.Background(), "p", value)
		fmt.Println(text, err)
	}
	// Output:
	// &lt;b&gt; <nil>
	// &lt;b&gt; <nil>
	// <b> <nil>
}
