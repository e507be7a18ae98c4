package repo

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/merlon-go/merlon/check"
)

var (
	secretExpression = regexp.MustCompile(`\$\{\{[^}]*\b(?:secrets\s*[.\[]|github\.token\b)[^}]*\}\}`)
	allSecrets       = regexp.MustCompile(`\$\{\{\s*(?:toJSON|toJson)\(\s*secrets\s*\)\s*\}\}`)
	printing         = regexp.MustCompile(`(?i)(?:^|[;&|({]\s*|\b(?:then|do|else|sudo)\s+)(?:echo|printf|write-host|write-output|print|cat\s*<<-?\s*\S+)\b`)
	variable         = regexp.MustCompile(`\$\{?([A-Za-z_][A-Za-z0-9_]*)|%([A-Za-z_][A-Za-z0-9_]*)%|\$env:([A-Za-z_][A-Za-z0-9_]*)`)
	tracing          = regexp.MustCompile(`(?:^|[;&]\s*)\s*(?:set\s+-[a-wyz]*x[a-z]*\b|set\s+-o\s+xtrace\b|(?:ba|z|da)?sh\s+-[a-wyz]*x[a-z]*\b)`)
	dumping          = regexp.MustCompile(`(?:^|[;&]\s*)\s*(?:printenv|env|export\s+-p|set)\s*(?:$|\|\s*(?:sort|grep|cat|tee)\b)`)
	secretLike       = regexp.MustCompile(`(?i)(?:^|_)(?:TOKEN|PASSWORD|PASSWD|SECRET|API_?KEY|PRIVATE_KEY|ACCESS_KEY|CREDENTIALS?)(?:_|$)`)
	// What a stranger writes and a template puts into a script.
	strangers = regexp.MustCompile(`\$\{\{[^}]*\b(?:github\.event\.(?:issue\.(?:title|body)|pull_request\.(?:title|body|head\.(?:ref|label|repo\.default_branch))|comment\.body|review\.body|review_comment\.body|discussion\.(?:title|body)|pages\.[^}]*page_name|head_commit\.(?:message|author\.(?:email|name))|commits[^}]*(?:message|author\.(?:email|name))|workflow_run\.(?:head_branch|head_commit[^}]*|display_title))|github\.head_ref)\b[^}]*\}\}`)
	headOf    = regexp.MustCompile(`github\.event\.pull_request\.head|github\.head_ref|refs/pull/|github\.event\.workflow_run\.head_|github\.event\.number`)
	fetchHead = regexp.MustCompile(`gh\s+pr\s+checkout|git\s+(?:fetch|pull|checkout)\b[^\n]*(?:pull/|head\.sha|head\.ref|head_ref)`)
	pinned    = regexp.MustCompile(`@[0-9a-f]{40}(?:[0-9a-f]{24})?$`)
)

// onWorkflows makes r a rule that judges every pipeline.
func onWorkflows(c *Config, r check.Rule, judge func(w *workflow, add func(line int, title string) *check.Finding)) check.Rule {
	return onSurvey(c, r, func(_ context.Context, s *survey) ([]check.Finding, error) {
		var found []check.Finding
		var errs []error
		any := false
		for i := range s.files {
			f := &s.files[i]
			if !pipeline(f.name) || f.staged || f.text == nil {
				continue
			}
			any = true
			w, err := readWorkflow(f.name, f.text)
			if err != nil {
				errs = append(errs, unjudged(f.name, err.Error()))
				continue
			}
			s.target.Look(f.name)
			judge(w, func(line int, title string) *check.Finding {
				found = append(found, check.Finding{Title: title, Place: check.Place{File: f.name, Line: line}})
				return &found[len(found)-1]
			})
		}
		if !any {
			return nil, fmt.Errorf("no pipeline: %w", check.ErrNotApplicable)
		}
		return found, join(errs)
	})
}

func workflowSecretPrinted(c *Config) check.Rule {
	return onWorkflows(c, check.Rule{
		ID:    "workflow-secret-printed",
		Title: "A pipeline prints a secret",
		Level: check.Error,
		Tags:  []string{"repository", "pipeline", "secrets"},
		Why:   "Logs of pipelines are read by more people than its secrets; the masking of the service is lost as soon as the value is encoded, cut or split.",
		Fix:   "Hand the secret to the program through its environment or standard input, and drop echo, set -x and printenv.",
		CWE:   []int{532},
		ASVS:  []string{"V13.3.1", "V16.2.5"},
		OWASP: "A09",
	}, func(w *workflow, add func(int, string) *check.Finding) {
		for _, s := range w.scripts {
			s.printed(w.gitlab, add)
		}
		if n := child(child(w.root, "variables"), "CI_DEBUG_TRACE"); w.gitlab && n != nil && strings.EqualFold(n.Value, "true") {
			add(n.Line, "CI_DEBUG_TRACE writes every variable into the log")
		}
	})
}

// printed looks at each line of a script.
func (s *script) printed(gitlab bool, add func(int, string) *check.Finding) {
	traced := false
	n := s.line - 1
	for line := range strings.SplitSeq(s.text, "\n") {
		n++
		code := strings.TrimSpace(line)
		if strings.HasPrefix(code, "#") || !s.shell {
			continue
		}
		held := secretExpression.MatchString(line) || s.names(line, gitlab)
		switch {
		case allSecrets.MatchString(line) && printing.MatchString(line):
			add(n, "All secrets of the repository are printed")
		case held && slices.ContainsFunc(commands(code), func(part string) bool { return s.shows(part, gitlab) }):
			add(n, "A secret is printed")
		case traced && held:
			add(n, "A secret is printed by set -x")
			traced = false // once is enough
		case dumping.MatchString(code) && (len(s.secrets) > 0 || gitlab):
			f := add(n, "All variables are printed, secrets among them")
			if gitlab {
				f.Level, f.Confidence = check.Warning, check.Medium
			}
		}
		traced = traced && !strings.Contains(code, "set +x") || tracing.MatchString(code)
	}
}

// shows reports whether one command prints a secret.
func (s *script) shows(command string, gitlab bool) bool {
	return (secretExpression.MatchString(command) || s.names(command, gitlab)) && printing.MatchString(command) && !handedOn(command)
}

// commands cuts a line of shell at what separates commands, outside of quotes
// and of expressions: in test -n "$T" || { echo none; } nothing is printed.
func commands(line string) []string {
	var parts []string
	quote := byte(0)
	from := 0
	for i := 0; i < len(line); i++ {
		switch b := line[i]; {
		case strings.HasPrefix(line[i:], "${{"):
			if end := strings.Index(line[i:], "}}"); end > 0 {
				i += end + 1
			}
		case b == '\\':
			i++
		case quote != 0:
			if b == quote {
				quote = 0
			}
		case b == '"' || b == '\'':
			quote = b
		case b == ';', strings.HasPrefix(line[i:], "&&"), strings.HasPrefix(line[i:], "||"):
			parts = append(parts, strings.TrimSpace(line[from:i]))
			if b != ';' {
				i++
			}
			from = i + 1
		}
	}
	return append(parts, strings.TrimSpace(line[min(from, len(line)):]))
}

// names reports whether the line uses a variable that holds a secret. GitLab
// hands secrets in by the project's settings, so that their names must do.
func (s *script) names(line string, gitlab bool) bool {
	for _, m := range variable.FindAllStringSubmatch(line, 50) {
		name := m[1] + m[2] + m[3]
		if s.secrets[name] || gitlab && secretLike.MatchString(name) {
			return true
		}
	}
	return false
}

// handedOn reports whether what is printed goes to a file or a program and not
// into the log.
func handedOn(line string) bool {
	_, rest, ok := strings.Cut(line, "|")
	if ok && !strings.HasPrefix(rest, "|") {
		next := strings.Fields(rest)
		if len(next) == 0 {
			return true
		}
		switch next[0] {
		case "base64", "rev", "cut", "sed", "tr", "xxd", "od", "head", "tail", "cat", "tee", "fold", "awk", "hexdump", "wc":
			return strings.Contains(line, ">") || strings.Count(line, "|") > 1 || next[0] == "base64" && (slices.Contains(next, "-o") || slices.Contains(next, "--output")) // macOS's
		}
		return true
	}
	return strings.Contains(line, ">") && !strings.Contains(line, ">&2") && !strings.Contains(line, "> /dev/stderr") && !strings.Contains(line, ">/dev/stderr") || strings.Contains(line, "::add-mask::") || strings.Contains(line, "<<<") || strings.Contains(line, "$(echo") && !printing.MatchString(strings.ReplaceAll(line, "$(echo", ""))
}

func workflowUntrustedCheckout(c *Config) check.Rule {
	return onWorkflows(c, check.Rule{
		ID:    "workflow-untrusted-checkout",
		Title: "A privileged pipeline checks out what strangers send",
		Level: check.Critical,
		Tags:  []string{"repository", "pipeline"},
		Why:   "pull_request_target and workflow_run have the repository's secrets and may write to it; whoever opens a pull request decides what is checked out and then built or run.",
		Fix:   "Use pull_request, or split the work: one pipeline without secrets builds, another with secrets never touches the sent code.",
		CWE:   []int{829, 269},
		ASVS:  []string{"V15.2.4"},
		OWASP: "A03",
		References: []string{
			"https://securitylab.github.com/resources/github-actions-preventing-pwn-requests/",
		},
	}, func(w *workflow, add func(int, string) *check.Finding) {
		events := w.triggers()
		privileged := ""
		for _, event := range [...]string{"pull_request_target", "workflow_run", "issue_comment"} {
			if events[event] {
				privileged = event
				break
			}
		}
		if w.gitlab || privileged == "" {
			return
		}
		for _, u := range w.uses {
			if ref := child(u.with, "ref"); strings.HasPrefix(u.action, "actions/checkout@") && ref != nil && headOf.MatchString(ref.Value) {
				add(ref.Line, "A pipeline started by "+privileged+" checks out the code of the pull request")
			}
		}
		for _, s := range w.scripts {
			if at := fetchHead.FindStringIndex(s.text); at != nil {
				add(s.line+strings.Count(s.text[:at[0]], "\n"), "A pipeline started by "+privileged+" fetches the code of the pull request")
			}
		}
	})
}

func workflowScriptInjection(c *Config) check.Rule {
	return onWorkflows(c, check.Rule{
		ID:    "workflow-script-injection",
		Title: "A pipeline puts what strangers write into a script",
		Level: check.Error,
		Tags:  []string{"repository", "pipeline"},
		Why:   "The text is put in before the shell reads the script: a title such as $(curl …) is run with the pipeline's rights.",
		Fix:   "Set an environment variable to the expression and use the quoted variable in the script.",
		CWE:   []int{78, 94},
		ASVS:  []string{"V1.2.5"},
		OWASP: "A05",
		References: []string{
			"https://docs.github.com/en/actions/concepts/security/script-injections",
		},
	}, func(w *workflow, add func(int, string) *check.Finding) {
		for _, s := range w.scripts {
			for i, line := range strings.Split(s.text, "\n") {
				if m := strangers.FindString(line); m != "" {
					add(s.line+i, "A script holds "+m).Level = w.injection()
				}
			}
		}
	})
}

// injection is how bad an injection is: strangers start these events.
func (w *workflow) injection() check.Level {
	for event := range w.triggers() {
		switch event {
		case "pull_request_target", "issues", "issue_comment", "discussion", "discussion_comment", "workflow_run":
			return check.Critical
		}
	}
	return check.Error
}

func workflowPermissionsBroad(c *Config) check.Rule {
	return onWorkflows(c, check.Rule{
		ID:    "workflow-permissions-broad",
		Title: "A pipeline may do everything",
		Level: check.Warning,
		Tags:  []string{"repository", "pipeline"},
		Why:   "Every step, every action of others included, may push code, publish packages and change releases.",
		Fix:   "Write permissions: contents: read at the top, and give single jobs what they need.",
		CWE:   []int{250, 732},
		ASVS:  []string{"V13.2.2"},
		OWASP: "A01",
	}, func(w *workflow, add func(int, string) *check.Finding) {
		if w.gitlab {
			return
		}
		var look func(n *yaml.Node, depth int)
		look = func(n *yaml.Node, depth int) {
			if p := child(n, "permissions"); p != nil && p.Value == "write-all" {
				add(p.Line, "A pipeline has permissions: write-all")
			}
			for i := 0; n != nil && depth < 4 && i < len(n.Content); i++ {
				look(n.Content[i], depth+1)
			}
		}
		look(w.root, 0)
	})
}

func workflowActionUnpinned(c *Config) check.Rule {
	return onWorkflows(c, check.Rule{
		ID:    "workflow-action-unpinned",
		Title: "A pipeline runs an action of others by a name that can move",
		Level: check.Info,
		Tags:  []string{"repository", "pipeline", "supply-chain"},
		Why:   "Whoever takes over the action's repository moves the tag, and every pipeline runs his code with its secrets.",
		Fix:   "Name the commit, owner/action@<40 digits> with the version as a comment, and let an updater move it.",
		CWE:   []int{829, 494},
		ASVS:  []string{"V15.2.4"},
		OWASP: "A03",
	}, func(w *workflow, add func(int, string) *check.Finding) {
		for _, u := range w.uses {
			owner, _, _ := strings.Cut(u.action, "/")
			switch {
			case strings.HasPrefix(u.action, "./"), strings.HasPrefix(u.action, "../"), owner == "actions", owner == "github", pinned.MatchString(u.action):
			case strings.HasPrefix(u.action, "docker://") && strings.Contains(u.action, "@sha256:"):
			default:
				add(u.line, fmt.Sprintf("%.120s is not named by its commit", u.action))
			}
		}
	})
}
