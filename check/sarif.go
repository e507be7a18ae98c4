package check

import (
	"cmp"
	"io"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
)

// The part of SARIF 2.1.0 (OASIS, 2020) that code scanning reads. Members are
// named as in the standard.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool               sarifTool                `json:"tool"`
		AutomationDetails  *sarifAutomation         `json:"automationDetails,omitempty"`
		OriginalURIBaseIDs map[string]sarifArtifact `json:"originalUriBaseIds,omitempty"`
		ColumnKind         string                   `json:"columnKind"`
		Invocations        []sarifInvocation        `json:"invocations"`
		Results            []sarifResult            `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		Version        string      `json:"version,omitempty"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID                   string         `json:"id"`
		Name                 string         `json:"name"`
		ShortDescription     sarifText      `json:"shortDescription"`
		FullDescription      sarifText      `json:"fullDescription"`
		Help                 sarifText      `json:"help"`
		HelpURI              string         `json:"helpUri"`
		DefaultConfiguration sarifConfig    `json:"defaultConfiguration"`
		Properties           sarifRuleProps `json:"properties"`
	}
	sarifRuleProps struct {
		Tags             []string `json:"tags"`
		Precision        string   `json:"precision"`
		SecuritySeverity string   `json:"security-severity,omitempty"`
		ProblemSeverity  string   `json:"problem.severity"`
	}
	sarifConfig struct {
		Level string `json:"level"`
	}
	sarifText struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown,omitempty"`
	}
	sarifAutomation struct {
		ID string `json:"id"`
	}
	sarifInvocation struct {
		ExecutionSuccessful        bool                `json:"executionSuccessful"`
		StartTimeUTC               string              `json:"startTimeUtc,omitempty"`
		ToolExecutionNotifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNotification struct {
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations,omitempty"`
	}
	sarifResult struct {
		RuleID              string             `json:"ruleId"`
		RuleIndex           int                `json:"ruleIndex"`
		Level               string             `json:"level"`
		Message             sarifText          `json:"message"`
		Locations           []sarifLocation    `json:"locations"`
		PartialFingerprints map[string]string  `json:"partialFingerprints"`
		CodeFlows           []sarifCodeFlow    `json:"codeFlows,omitempty"`
		Suppressions        []sarifSuppression `json:"suppressions,omitempty"`
		BaselineState       string             `json:"baselineState,omitempty"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Justification string `json:"justification,omitempty"`
	}
	sarifLocation struct {
		PhysicalLocation *sarifPhysical `json:"physicalLocation,omitempty"`
		LogicalLocations []sarifLogical `json:"logicalLocations,omitempty"`
		Message          *sarifText     `json:"message,omitempty"`
	}
	sarifLogical struct {
		FullyQualifiedName string `json:"fullyQualifiedName"`
		Kind               string `json:"kind"`
	}
	sarifPhysical struct {
		ArtifactLocation sarifArtifact `json:"artifactLocation"`
		Region           sarifRegion   `json:"region"`
		ContextRegion    *sarifRegion  `json:"contextRegion,omitempty"`
	}
	sarifArtifact struct {
		URI       string `json:"uri"`
		URIBaseID string `json:"uriBaseId,omitempty"`
	}
	sarifRegion struct {
		StartLine   int        `json:"startLine"`
		StartColumn int        `json:"startColumn,omitempty"`
		EndLine     int        `json:"endLine,omitempty"`
		EndColumn   int        `json:"endColumn,omitempty"`
		Snippet     *sarifText `json:"snippet,omitempty"`
	}
	sarifCodeFlow struct {
		ThreadFlows []sarifThreadFlow `json:"threadFlows"`
	}
	sarifThreadFlow struct {
		Locations []sarifFlowLocation `json:"locations"`
	}
	sarifFlowLocation struct {
		Location sarifLocation `json:"location"`
	}
)

// What GitHub takes, from its documentation of SARIF support.
const (
	sarifMaxResults = 25_000
	sarifMaxSteps   = 1_000
	sarifMaxText    = 1_024
	sarifMaxTags    = 20
)

// WriteSARIF writes the report as SARIF 2.1.0, with what GitHub code scanning
// ranks by. Fingerprints do not depend on line numbers. A finding about a
// setting has no place in a file unless its value comes from one; it is put on
// line 1 of DefaultFile below, because results without a place are dropped. One
// about a request has host and path of its address for a place, written as a
// path: code scanning refuses a whole report in which an address with a scheme
// of the web stands, and does not know originalUriBaseIds. The request itself is
// the logical location. Hidden findings are written as suppressed results.
func WriteSARIF(w io.Writer, r *Report, o SARIFOptions) error {
	s := sarifWriter{options: o, index: map[string]int{}}
	run := sarifRun{
		Tool:        sarifTool{sarifDriver{Name: "Merlon", Version: o.Version, InformationURI: "https://github.com/merlon-go/merlon", Rules: []sarifRule{}}},
		ColumnKind:  "utf16CodeUnits",
		Invocations: []sarifInvocation{s.invocation(r)},
		Results:     []sarifResult{},
	}
	if o.Category != "" {
		run.AutomationDetails = &sarifAutomation{ID: strings.TrimSuffix(o.Category, "/") + "/"}
	}
	for i := range r.Rules {
		s.rule(&run, r.Rules[i].Rule)
	}
	for i := range r.Findings {
		run.Results = append(run.Results, s.result(&run, &r.Findings[i]))
	}
	for i := range r.Hidden {
		h := &r.Hidden[i]
		result := s.result(&run, &h.Finding)
		switch h.By {
		case "comment":
			result.Suppressions = []sarifSuppression{{"inSource", h.Reason}}
		case "baseline":
			result.Suppressions = []sarifSuppression{{"external", "in the baseline"}}
			result.BaselineState = "unchanged"
		default:
			result.Suppressions = []sarifSuppression{{"external", h.Reason}}
		}
		run.Results = append(run.Results, result)
	}
	if len(run.Results) > sarifMaxResults {
		dropped := len(run.Results) - sarifMaxResults
		run.Results = run.Results[:sarifMaxResults]
		n := &run.Invocations[0].ToolExecutionNotifications
		*n = append(*n, sarifNotification{Level: "warning", Message: sarifText{Text: plural(dropped, "result") + " left out: more than 25000 are not accepted"}})
	}
	return writeJSON(w, sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run}})
}

// SARIFOptions say how [WriteSARIF] writes.
type SARIFOptions struct {
	// Version is Merlon's own; "" leaves it out.
	Version string
	// Category tells several uploads for one commit apart; "" leaves it out.
	Category string
	// DefaultFile is where findings without a file are put; "" means
	// "merlon.toml".
	DefaultFile string
	// Site is the address of the site that was asked. Findings about a request
	// that names no address of its own, as a TLS handshake, are put there; ""
	// puts them into DefaultFile.
	Site string
}

type sarifWriter struct {
	options SARIFOptions
	index   map[string]int
}

// rule adds the rule to the run, once.
func (s *sarifWriter) rule(run *sarifRun, r *Rule) {
	if _, ok := s.index[r.ID]; ok {
		return
	}
	s.index[r.ID] = len(run.Tool.Driver.Rules)
	tags := []string{"security"}
	for _, cwe := range r.CWE {
		tags = append(tags, "external/cwe/cwe-"+strconv.Itoa(cwe))
	}
	if r.OWASP != "" {
		tags = append(tags, "owasp-"+strings.ToLower(r.OWASP)+"-2025")
	}
	for _, id := range r.ASVS {
		tags = append(tags, "asvs-"+strings.ToLower(id))
	}
	tags = append(tags, r.Tags...)
	if len(tags) > sarifMaxTags {
		tags = tags[:sarifMaxTags]
	}
	props := sarifRuleProps{Tags: tags, Precision: precision(r.Confidence), ProblemSeverity: problem(r.Level), SecuritySeverity: severity(r.Level)}
	run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{
		ID:                   r.ID,
		Name:                 camel(r.ID),
		ShortDescription:     sarifText{Text: clipText(r.Title)},
		FullDescription:      sarifText{Text: clipText(r.Why)},
		Help:                 sarifText{Text: r.Why + "\n\n" + r.Fix, Markdown: Markdown(r)},
		HelpURI:              r.HelpURI(),
		DefaultConfiguration: sarifConfig{Level: sarifLevel(r.Level)},
		Properties:           props,
	})
}

func (s *sarifWriter) result(run *sarifRun, f *Finding) sarifResult {
	if _, ok := s.index[f.ID]; !ok {
		rule := Find(frameRules(), f.ID)
		if rule == nil {
			rule = &Rule{ID: f.ID, Title: f.Title, Why: f.Why, Fix: f.Fix, Level: f.Level, CWE: f.CWE, ASVS: f.ASVS, OWASP: f.OWASP}
		}
		s.rule(run, rule)
	}
	text := f.Title + ". " + f.Fix
	if f.Place.File == "" {
		if place := f.Place.String(); place != "" {
			text = place + ": " + text
		}
	}
	if f.Evidence != "" {
		text += " Seen: " + f.Evidence
	}
	result := sarifResult{
		RuleID:              f.ID,
		RuleIndex:           s.index[f.ID],
		Level:               sarifLevel(f.Level),
		Message:             sarifText{Text: text},
		Locations:           []sarifLocation{s.location(&f.Place, "")},
		PartialFingerprints: map[string]string{"primaryLocationLineHash": f.Fingerprint + ":1", "merlon/v1": f.Fingerprint},
	}
	if len(f.Trace) > 0 {
		var flow sarifThreadFlow
		for i := range f.Trace[:min(len(f.Trace), sarifMaxSteps)] {
			flow.Locations = append(flow.Locations, sarifFlowLocation{s.location(&f.Trace[i].Place, f.Trace[i].Text)})
		}
		result.CodeFlows = []sarifCodeFlow{{[]sarifThreadFlow{flow}}}
	}
	return result
}

func (s *sarifWriter) location(p *Place, text string) sarifLocation {
	file := p.File
	if file == "" {
		file = s.options.DefaultFile
	}
	if file == "" {
		file = "merlon.toml"
	}
	region := sarifRegion{StartLine: max(p.Line, 1)}
	line := p.line()
	if p.Line > 0 && p.Col > 0 {
		region.StartColumn = utf16Column(line, p.Col)
		if p.EndLine > p.Line {
			region.EndLine, region.EndColumn = p.EndLine, max(p.EndCol, 1)
		} else if p.EndCol > p.Col {
			region.EndLine, region.EndColumn = p.Line, utf16Column(line, p.EndCol)
		}
	}
	if line != "" {
		region.Snippet = &sarifText{Text: line}
	}
	physical := &sarifPhysical{ArtifactLocation: sarifArtifact{URI: fileURI(file)}, Region: region}
	if asked := cmp.Or(addressed(p.Request), addressed("GET "+s.options.Site)); p.File == "" && p.Request != "" && asked != "" {
		physical.ArtifactLocation.URI = asked
	} else if !path.IsAbs(file) {
		physical.ArtifactLocation.URIBaseID = "%SRCROOT%"
	}
	if len(p.Frame) > 1 {
		physical.ContextRegion = &sarifRegion{StartLine: p.FrameLine, EndLine: p.FrameLine + len(p.Frame) - 1, Snippet: &sarifText{Text: strings.Join(p.Frame, "\n")}}
	}
	location := sarifLocation{PhysicalLocation: physical}
	if p.Function != "" {
		location.LogicalLocations = []sarifLogical{{p.Function, "function"}}
	} else if p.Setting != "" {
		location.LogicalLocations = []sarifLogical{{p.Setting, "member"}}
	} else if p.Request != "" {
		location.LogicalLocations = []sarifLogical{{p.Request, "resource"}}
	}
	if text != "" {
		location.Message = &sarifText{Text: text}
	}
	return location
}

func (s *sarifWriter) invocation(r *Report) sarifInvocation {
	in := sarifInvocation{ExecutionSuccessful: r.Complete()}
	if !r.Started.IsZero() {
		in.StartTimeUTC = r.Started.UTC().Format("2006-01-02T15:04:05.000Z")
	}
	for i := range r.Incomplete {
		u := &r.Incomplete[i]
		n := sarifNotification{Level: "error", Message: sarifText{Text: u.Rule + " could not judge " + orWhole(u.Place.String()) + ": " + u.Reason}}
		if u.Place.File != "" {
			n.Locations = []sarifLocation{s.location(&u.Place, "")}
		}
		in.ToolExecutionNotifications = append(in.ToolExecutionNotifications, n)
	}
	return in
}

func orWhole(place string) string {
	if place == "" {
		return "the target"
	}
	return place
}

// line returns the text of the line meant, "" if the frame does not hold it.
func (p *Place) line() string {
	if at := p.Line - p.FrameLine; p.FrameLine > 0 && at >= 0 && at < len(p.Frame) {
		return p.Frame[at]
	}
	return ""
}

// utf16Column turns a column in bytes into one in UTF-16 units, as the
// standard counts unless told otherwise.
func utf16Column(line string, col int) int {
	if col-1 > len(line) {
		return col
	}
	n := 1
	for _, r := range line[:col-1] {
		if n++; r > 0xFFFF {
			n++
		}
	}
	return n
}

// fileURI writes a file name as a relative reference, or as a file: address
// if it is absolute.
func fileURI(file string) string {
	if path.IsAbs(file) {
		return (&url.URL{Scheme: "file", Path: file}).String()
	}
	first, rest, more := strings.Cut(strings.TrimPrefix((&url.URL{Path: file}).String(), "./"), "/")
	u := strings.ReplaceAll(first, ":", "%3A") // or it would be a scheme
	if more {
		u += "/" + rest
	}
	return u
}

// addressed returns host and path of the address that a request names behind
// its method, as a relative reference; "" if it names none.
func addressed(request string) string {
	_, rest, _ := strings.Cut(request, " ")
	text, _, _ := strings.Cut(rest, " ")
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return ""
	}
	return fileURI(strings.TrimSuffix(u.Host+u.Path, "/"))
}

func sarifLevel(l Level) string {
	switch {
	case l >= Error:
		return "error"
	case l >= Warning:
		return "warning"
	}
	return "note"
}

func problem(l Level) string {
	if l >= Warning {
		return sarifLevel(l)
	}
	return "recommendation"
}

// severity is a CVSS-like number; above 9 GitHub says critical, from 7 high,
// from 4 medium.
func severity(l Level) string {
	switch l {
	case Critical:
		return "9.5"
	case Error:
		return "8.0"
	case Warning:
		return "5.5"
	case Info:
		return "2.0"
	}
	return ""
}

func precision(c Confidence) string {
	switch c {
	case Medium:
		return "high"
	case Low:
		return "medium"
	}
	return "very-high"
}

// camel turns hsts-missing into HstsMissing.
func camel(id string) string {
	words := strings.Split(id, "-")
	for i, word := range words {
		if word != "" {
			words[i] = strings.ToUpper(word[:1]) + word[1:]
		}
	}
	return strings.Join(words, "")
}

func clipText(text string) string {
	if len(text) <= sarifMaxText {
		return text
	}
	return strings.ToValidUTF8(text[:sarifMaxText-len("…")], "") + "…"
}

// sorted returns a sorted copy without doubles.
func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}
