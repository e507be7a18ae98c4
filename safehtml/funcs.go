package safehtml

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"maps"
	"reflect"

	"github.com/merlon-go/merlon/safehtml/unsafehtml"
)

// funcs returns what templates may call. The functions that speak of a request
// read the context of e; a nil e is for parsing only.
func (t *Templates) funcs(e *executor) template.FuncMap {
	c := &t.config
	all := template.FuncMap{
		plainFunc: plain, htmlFunc: htmlText, textFunc: plainText, urlFunc: filterURL,
		"safeURL": URL, "localURL": LocalURL, "jsonScript": jsonScript,
		"nonce":     func() string { return ask(c.Nonce, e) },
		"csrfToken": func() string { return ask(c.CSRFToken, e) },
		"csrfField": func() unsafehtml.HTML { return c.csrfField(e) },
	}
	if c.Static != nil {
		all["static"] = c.Static.URL
		all["integrity"] = c.Static.Integrity
		all["stylesheet"] = c.Static.stylesheet
		all["script"] = func(name string) (unsafehtml.HTML, error) { return c.Static.script(name, ask(c.Nonce, e)) }
	}
	maps.Copy(all, c.Funcs)
	for name, f := range c.RequestFuncs {
		all[name] = func() any { return f(e.ctx) }
	}
	return all
}

func ask(f func(context.Context) string, e *executor) string {
	if f == nil {
		return ""
	}
	return f(e.ctx)
}

func (c *Config) csrfField(e *executor) unsafehtml.HTML {
	token := ask(c.CSRFToken, e)
	if token == "" {
		return ""
	}
	name := "csrf_token"
	if c.CSRFFieldName != nil {
		name = c.CSRFFieldName(e.ctx)
	}
	return unsafehtml.HTML(`<input type="hidden" name="` + escape(name) + `" value="` + escape(token) + `">`)
}

// checkFuncs refuses functions that would replace one of ours, or that
// html/template would panic about.
func (t *Templates) checkFuncs() error {
	ours := (&Templates{config: Config{Static: t.config.Static}}).funcs(nil)
	var errs []error
	for name, f := range t.config.Funcs {
		if ours[name] != nil || t.config.RequestFuncs[name] != nil {
			errs = append(errs, fmt.Errorf("safehtml: function %q is defined twice", name))
		}
		kind := reflect.TypeOf(f)
		if kind == nil || kind.Kind() != reflect.Func || kind.NumOut() == 0 || kind.NumOut() > 2 {
			errs = append(errs, fmt.Errorf("safehtml: %q is not a function with one result, or one and an error", name))
		}
	}
	for name, f := range t.config.RequestFuncs {
		if ours[name] != nil {
			errs = append(errs, fmt.Errorf("safehtml: function %q is defined twice", name))
		}
		if f == nil {
			errs = append(errs, fmt.Errorf("safehtml: function %q is nil", name))
		}
	}
	return errors.Join(errs...)
}

// jsonScript hands data to a script without building code from it, as Django's
// json_script does: the element is a data block and does not run, and encoding/json
// writes <, > and & as \u escapes, so that no value ends it.
func jsonScript(id string, value any) (unsafehtml.HTML, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return "", err
	}
	return unsafehtml.HTML(`<script type="application/json" id="` + escape(id) + `">` + string(data) + `</script>`), nil
}
