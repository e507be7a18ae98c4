package check_test

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/merlon-go/merlon/check"
)

// log is what GitHub code scanning reads of SARIF, with its own names.
type log struct {
	Schema  string `json:"$schema"`
	Version string
	Runs    []struct {
		Tool struct {
			Driver struct {
				Name  string
				Rules []struct {
					ID                                string
					ShortDescription, FullDescription struct{ Text string }
					Help                              struct{ Text, Markdown string }
					HelpURI                           string
					DefaultConfiguration              struct{ Level string }
					Properties                        map[string]any
				}
			}
		}
		AutomationDetails struct{ ID string }
		Invocations       []struct {
			ExecutionSuccessful        bool
			ToolExecutionNotifications []struct{ Message struct{ Text string } }
		}
		Results []struct {
			RuleID              string
			RuleIndex           int
			Level               string
			Message             struct{ Text string }
			PartialFingerprints map[string]string
			Locations           []struct {
				PhysicalLocation struct {
					ArtifactLocation struct{ URI string }
					Region           struct {
						StartLine, StartColumn, EndLine, EndColumn int
						Snippet                                    struct{ Text string }
					}
				}
			}
			CodeFlows    []any
			Suppressions []struct{ Kind, Justification string }
		}
	}
}

func sarif(t *testing.T, r *check.Report, o check.SARIFOptions) log {
	t.Helper()
	var b bytes.Buffer
	if err := check.WriteSARIF(&b, r, o); err != nil {
		t.Fatal(err)
	}
	var l log
	if err := json.Unmarshal(b.Bytes(), &l); err != nil {
		t.Fatal(err)
	}
	return l
}

// TestSARIFHasWhatCodeScanningRanksBy holds the list in GitHub's documentation
// of SARIF support: what is required, and the limits.
func TestSARIFHasWhatCodeScanningRanksBy(t *testing.T) {
	l := sarif(t, sample(t, map[string]string{"app/find.go": source}), check.SARIFOptions{Category: "nightly"})
	run := l.Runs[0]
	if l.Version != "2.1.0" || l.Schema == "" || len(l.Runs) != 1 || run.AutomationDetails.ID != "nightly/" {
		t.Errorf("log %+v", l)
	}
	for _, r := range run.Tool.Driver.Rules {
		severity, _ := r.Properties["security-severity"].(string)
		tags, _ := r.Properties["tags"].([]any)
		if r.ID == "" || r.ShortDescription.Text == "" || len(r.ShortDescription.Text) > 1024 || r.FullDescription.Text == "" || len(r.FullDescription.Text) > 1024 ||
			r.Help.Text == "" || !strings.HasPrefix(r.Help.Markdown, "# ") || !strings.HasPrefix(r.HelpURI, "https://") ||
			!slices.Contains([]string{"note", "warning", "error"}, r.DefaultConfiguration.Level) ||
			severity == "" || r.Properties["precision"] == nil || len(tags) == 0 || len(tags) > 20 || !slices.Contains(tags, any("security")) {
			t.Errorf("rule %+v", r)
		}
	}
	for _, r := range run.Results {
		if run.Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID {
			t.Errorf("%s has the index of another rule", r.RuleID)
		}
		region := r.Locations[0].PhysicalLocation.Region
		if r.Message.Text == "" || len(r.PartialFingerprints["primaryLocationLineHash"]) < 32 || region.StartLine < 1 ||
			strings.HasPrefix(r.Locations[0].PhysicalLocation.ArtifactLocation.URI, "/") {
			t.Errorf("result %+v", r)
		}
	}
	first := run.Results[0]
	if first.RuleID != "sql-concat" || first.Level != "error" || len(first.CodeFlows) != 1 ||
		first.Locations[0].PhysicalLocation.ArtifactLocation.URI != "app/find.go" || !strings.Contains(first.Locations[0].PhysicalLocation.Region.Snippet.Text, "db.Query") {
		t.Errorf("first %+v", first)
	}
	last := run.Results[len(run.Results)-1]
	if len(last.Suppressions) != 1 || last.Suppressions[0].Kind != "external" || last.Suppressions[0].Justification != "a lab nobody reaches" {
		t.Errorf("hidden %+v", last)
	}
	if run.Invocations[0].ExecutionSuccessful || len(run.Invocations[0].ToolExecutionNotifications) != 1 {
		t.Errorf("an incomplete run calls itself %+v", run.Invocations)
	}
}

func TestSARIFWithoutFindingsStillHasResults(t *testing.T) {
	var b bytes.Buffer
	if err := check.WriteSARIF(&b, run(t, check.Options{}), check.SARIFOptions{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), `"results": []`) || !strings.Contains(b.String(), `"rules": []`) {
		t.Error(b.String())
	}
}

// TestSARIFColumnsCountUTF16: a column in bytes would mark the wrong text.
func TestSARIFColumnsCountUTF16(t *testing.T) {
	f := at("f.go", 1)
	f.Place.Col, f.Place.EndCol = 8, 9 // after ä (2 bytes, 1 unit) and 😀 (4 bytes, 2 units)
	l := sarif(t, run(t, check.Options{Rules: []check.Rule{rule("a", check.Error, f)}, Target: target(map[string]string{"f.go": "ä😀=x"})}), check.SARIFOptions{})
	region := l.Runs[0].Results[0].Locations[0].PhysicalLocation.Region
	if region.StartColumn != 5 || region.EndColumn != 6 {
		t.Errorf("columns %d to %d, want 5 to 6", region.StartColumn, region.EndColumn)
	}
}

func TestSARIFLeavesOutWhatIsNotAcceptedAndSaysSo(t *testing.T) {
	many := make([]check.Finding, 25_010)
	for i := range many {
		many[i] = check.Finding{Place: check.Place{Setting: "X"}, Key: strings.Repeat("x", i%7) + string(rune('a'+i%26))}
	}
	l := sarif(t, run(t, check.Options{Rules: []check.Rule{rule("a", check.Error, many...)}}), check.SARIFOptions{})
	if n := len(l.Runs[0].Results); n != 25_000 {
		t.Errorf("%d results", n)
	}
	if n := l.Runs[0].Invocations[0].ToolExecutionNotifications; len(n) != 1 || !strings.Contains(n[0].Message.Text, "10 results left out") {
		t.Errorf("%+v", n)
	}
}

// TestSARIFRequests: what code scanning takes of a finding about a site is a
// path, without a scheme and without a base, that stays the same from scan to
// scan; the request stands beside it.
func TestSARIFRequests(t *testing.T) {
	for request, want := range map[string]string{
		"GET https://www.example.com/": "www.example.com", "GET https://www.example.com/a/b.html?…": "www.example.com/a/b.html", "GET http://example.com:8080/a/": "example.com%3A8080/a",
		"GET https://[::1]:8443/a b": "%5B%3A%3A1%5D%3A8443/a", "OPTIONS https://example.com/x with Origin https://evil.example": "example.com/x", "GET https://example.com/a:b": "example.com/a:b",
		"TLS handshake with www.example.com": "www.example.com/shop", "GET a page that does not exist": "www.example.com/shop", "GET ftp://example.com/": "www.example.com/shop",
	} {
		r := &check.Report{Findings: []check.Finding{{ID: "live-x", Title: "x", Place: check.Place{Request: request}}}}
		var b bytes.Buffer
		if err := check.WriteSARIF(&b, r, check.SARIFOptions{Site: "https://www.example.com/shop?a=b"}); err != nil {
			t.Fatal(err)
		}
		var l struct {
			Runs []struct {
				Results []struct {
					Locations []struct {
						PhysicalLocation struct {
							ArtifactLocation map[string]string
							Region           map[string]int
						}
						LogicalLocations []map[string]string
					}
				}
			}
		}
		if err := json.Unmarshal(b.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		at := l.Runs[0].Results[0].Locations[0]
		if len(at.PhysicalLocation.ArtifactLocation) != 1 || at.PhysicalLocation.ArtifactLocation["uri"] != want || at.PhysicalLocation.Region["startLine"] != 1 {
			t.Errorf("%s: %v, want %s", request, at.PhysicalLocation, want)
		}
		if len(at.LogicalLocations) != 1 || at.LogicalLocations[0]["fullyQualifiedName"] != request || at.LogicalLocations[0]["kind"] != "resource" {
			t.Errorf("%s: %v", request, at.LogicalLocations)
		}
		if u, err := url.Parse(want); err != nil || u.Scheme != "" {
			t.Errorf("%s is read as an address: %v", want, err)
		}
	}
	one := sarif(t, &check.Report{Findings: []check.Finding{{ID: "x", Title: "x", Place: check.Place{File: "a:b.go", Line: 3}}}}, check.SARIFOptions{Site: "https://www.example.com/"})
	if got := one.Runs[0].Results[0].Locations[0].PhysicalLocation.ArtifactLocation.URI; got != "a%3Ab.go" {
		t.Errorf("a file with a colon: %s", got)
	}
}
