package csp

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// pair is the enforced policy and the tried one; nil means none.
type pair struct{ enforce, reportOnly Policy }

// plan is a pair of policies made ready to send.
type plan struct {
	policies pair   // normal, without the endpoint of the configuration
	endpoint string // Config.ReportEndpoint
	loud     *headers
	plain    *headers // on plain HTTP, where browsers know no Reporting-Endpoints
	quiet    *headers // without reporting directives
}

// headers is what one kind of response carries.
type headers struct {
	enforce, reportOnly template
	endpoints           []string
	nonce               bool // a template uses the nonce
}

// template is the text of a policy, split where the nonce goes.
type template struct {
	plain []string // the header value for a response without nonce, shared; nil: no header
	parts []string // the text around each nonce; nil: no nonce
}

func newPlan(policies pair, endpoint string) (*plan, error) {
	var errs []error
	normal := func(p Policy, what string) Policy {
		if p == nil {
			return nil
		}
		n, err := p.normal()
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", what, err))
		}
		return n
	}
	pl := &plan{endpoint: endpoint}
	pl.policies = pair{normal(policies.enforce, "enforced policy"), normal(policies.reportOnly, "report-only policy")}
	if endpoint != "" {
		if err := checkEndpoint(endpoint); err != nil {
			errs = append(errs, err)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	loud := pair{withEndpoint(pl.policies.enforce, endpoint), withEndpoint(pl.policies.reportOnly, endpoint)}
	endpoints, err := endpointsOf(loud, endpoint)
	if err != nil {
		return nil, err
	}
	pl.loud = newHeaders(loud)
	pl.loud.endpoints = endpoints
	pl.plain = pl.loud
	if endpoints != nil {
		pl.plain = newHeaders(pair{withoutGroup(loud.enforce), withoutGroup(loud.reportOnly)})
	}
	pl.quiet = newHeaders(pair{withoutReports(loud.enforce), withoutReports(loud.reportOnly)})
	return pl, nil
}

func newHeaders(p pair) *headers {
	h := &headers{enforce: newTemplate(p.enforce), reportOnly: newTemplate(p.reportOnly)}
	h.nonce = h.enforce.parts != nil || h.reportOnly.parts != nil
	return h
}

func newTemplate(p Policy) template {
	if len(p) == 0 {
		return template{}
	}
	t := template{plain: []string{p.withoutNonce().String()}}
	if p.UsesNonce() {
		t.parts = strings.SplitAfter(p.String(), "'nonce")
		for i := range t.parts[:len(t.parts)-1] {
			t.parts[i] += "-"
		}
	}
	return t
}

// render returns the policy's text with the nonce.
func (t template) render(nonce string) string {
	size := len(nonce) * (len(t.parts) - 1)
	for _, p := range t.parts {
		size += len(p)
	}
	var b strings.Builder
	b.Grow(size)
	for i, p := range t.parts {
		if i > 0 {
			b.WriteString(nonce)
		}
		b.WriteString(p)
	}
	return b.String()
}

// defaultGroup is where browsers send reports that no policy asked for.
const defaultGroup = "default"

// withEndpoint adds the endpoint to a policy that does not name its own.
func withEndpoint(p Policy, endpoint string) Policy {
	if len(p) == 0 || endpoint == "" {
		return p
	}
	p = p.Clone()
	if p[ReportURI] == nil && p[ReportTo] == nil {
		p[ReportURI] = []Source{Source(endpoint)}
		p[ReportTo] = []Source{defaultGroup}
	}
	return p
}

func withoutReports(p Policy) Policy {
	return p.Replace(Policy{ReportURI: nil, ReportTo: nil})
}

// withoutGroup leaves report-to out where report-uri can do its work: a browser
// that reads report-to but may not use the endpoint would report nothing.
func withoutGroup(p Policy) Policy {
	if p[ReportURI] == nil {
		return p
	}
	return p.Replace(Policy{ReportTo: nil})
}

// endpointsOf returns the Reporting-Endpoints value that makes report-to work:
// a browser that knows report-to ignores report-uri, and without this header
// sends nothing.
func endpointsOf(p pair, endpoint string) ([]string, error) {
	groups := []string{}
	urls := map[string]string{}
	add := func(group, url string) error {
		if have, ok := urls[group]; ok && have != url {
			return fmt.Errorf("csp: report-to group %s has two endpoints, %s and %s", group, have, url)
		} else if !ok {
			groups = append(groups, group)
			urls[group] = url
		}
		return nil
	}
	if endpoint != "" {
		add(defaultGroup, endpoint)
	}
	for _, policy := range []Policy{p.enforce, p.reportOnly} {
		if len(policy[ReportTo]) == 0 {
			continue
		}
		group := string(policy[ReportTo][0])
		if len(policy[ReportURI]) > 0 {
			if err := add(group, string(policy[ReportURI][0])); err != nil {
				return nil, err
			}
		} else if _, known := urls[group]; !known {
			return nil, fmt.Errorf("csp: report-to %s has no endpoint; add a report-uri or set ReportEndpoint", group)
		}
	}
	if len(groups) == 0 {
		return nil, nil
	}
	var b strings.Builder
	for i, group := range groups {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(group + `="` + urls[group] + `"`)
	}
	return []string{b.String()}, nil
}

func checkEndpoint(text string) error {
	u, err := url.Parse(text)
	local := err == nil && u.Scheme == "" && u.Host == "" && strings.HasPrefix(text, "/") && !strings.HasPrefix(text, "//")
	remote := err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil
	if !local && !remote || checkText(Source(text)) != nil || strings.ContainsAny(text, "\"\\'") {
		return fmt.Errorf("csp: ReportEndpoint %q is neither a path nor an https URL", text)
	}
	return nil
}
