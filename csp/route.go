package csp

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
)

// A Route changes the policies of the paths that Pattern, a ServeMux pattern,
// matches. Of several matching routes the most specific applies, alone.
type Route struct {
	Pattern string
	Changes []Change // made in the order written
}

// A Change makes one policy into another, by default the enforced one;
// [Change.ReportOnly] says otherwise. See [Exempt], [Update], [Replace] and
// [Override].
type Change struct {
	verb       string
	policy     Policy
	reportOnly bool
}

// Exempt sends no policy.
func Exempt() Change { return Change{verb: "exempt"} }

// Update adds sources to the policy; see [Policy.Update].
func Update(more Policy) Change { return Change{verb: "update", policy: more.Clone()} }

// Replace replaces directives of the policy; see [Policy.Replace].
func Replace(other Policy) Change { return Change{verb: "replace", policy: other.Clone()} }

// Override puts policy in place of the whole policy. An empty one sends none.
func Override(policy Policy) Change { return Change{verb: "override", policy: policy.Clone()} }

// ReportOnly returns the same change for the report-only policy.
func (c Change) ReportOnly() Change {
	c.reportOnly = true
	return c
}

// String returns the change for people, as in "update img-src cdn.example.com".
func (c Change) String() string {
	text := strings.TrimSpace(c.verb + " " + c.policy.String())
	if c.reportOnly {
		text += " (report-only)"
	}
	return text
}

func (c Change) apply(p pair) pair {
	target := &p.enforce
	if c.reportOnly {
		target = &p.reportOnly
	}
	switch c.verb {
	case "exempt":
		*target = nil
	case "update":
		*target = target.Update(folded(c.policy))
	case "replace":
		*target = target.Replace(folded(c.policy))
	case "override":
		*target = c.policy.Clone()
	}
	return p
}

// validate returns what is wrong with c whatever policy it meets.
func (c Change) validate() error {
	switch c.verb {
	case "":
		return errors.New("csp: zero Change")
	case "update", "replace": // nil lists are meant to be there
		return Policy{}.Replace(c.policy).Validate()
	}
	return c.policy.Validate()
}

// folded returns p with directive names in lower case, so that they meet those
// of a normal policy.
func folded(p Policy) Policy {
	f := make(Policy, len(p))
	for d, values := range p {
		f[Directive(lowerASCII(string(d)))] = values
	}
	return f
}

// changed returns the plan after changes.
func (pl *plan) changed(changes []Change) (*plan, error) {
	policies := pl.policies
	for _, c := range changes {
		if c.verb == "" {
			return nil, errors.New("csp: zero Change")
		}
		policies = c.apply(policies)
	}
	return newPlan(policies, pl.endpoint)
}

func (p *Protection) addRoutes(config Config) (errs []error) {
	add := func(r Route) {
		if len(r.Changes) == 0 {
			errs = append(errs, fmt.Errorf("csp: route %q has no changes", r.Pattern))
			return
		}
		changed, err := p.base.changed(r.Changes)
		if err == nil {
			err = p.routes.Add(r.Pattern, changed)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("csp: route %q: %w", r.Pattern, err))
			return
		}
		p.listed = append(p.listed, Route{r.Pattern, append([]Change(nil), r.Changes...)})
	}
	for _, r := range config.Routes {
		add(r)
	}
	skip := map[string][]Change{}
	order := []string{}
	exclude := func(paths []string, c Change) {
		for _, path := range paths {
			clean := strings.TrimSuffix(path, "/")
			if !strings.HasPrefix(path, "/") || clean == "" || strings.ContainsAny(path, "{}") {
				errs = append(errs, fmt.Errorf("csp: skipped path %q must begin with a slash and name at least one segment", path))
				continue
			}
			if skip[clean] == nil {
				order = append(order, clean)
			}
			skip[clean] = append(skip[clean], c)
		}
	}
	exclude(config.SkipPaths, Exempt())
	exclude(config.SkipReportOnlyPaths, Exempt().ReportOnly())
	for _, path := range order {
		add(Route{path, skip[path]})
		add(Route{path + "/", skip[path]})
	}
	return errs
}

// Wrap returns a handler that changes the policies of its responses, in the
// order written, and calls next. It must run inside [Protection.Handler];
// wrapped handlers may be nested, the outer changes come first. All faults of
// the changes themselves are found now; changes that do not fit the policy
// they meet leave it as it is.
func Wrap(next http.Handler, changes ...Change) (http.Handler, error) {
	for _, c := range changes {
		if err := c.validate(); err != nil {
			return nil, err
		}
	}
	changes = append([]Change(nil), changes...)
	var plans sync.Map // *plan → *plan: as many as there are configured plans
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s := from(r.Context()); s != nil {
			s.mu.Lock()
			was := s.plan
			s.mu.Unlock()
			changed, ok := plans.Load(was)
			if !ok {
				made, err := was.changed(changes)
				if err != nil {
					made = was
				}
				changed, _ = plans.LoadOrStore(was, made)
			}
			s.install(changed.(*plan))
		}
		next.ServeHTTP(w, r)
	}), nil
}
