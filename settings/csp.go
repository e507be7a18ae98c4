package settings

// CSP is the content security policy: text, or the name of a preset. Package
// csp judges it.
type CSP struct {
	// Policy is enforced, ReportOnly only reported; "" for none.
	Policy, ReportOnly string
	// SkipReports is the share of visitors, in percent, whose browsers are not
	// asked for reports.
	SkipReports float64
}

func (c *CSP) settings() []Setting {
	return []Setting{
		Paragraph("CSP", &c.Policy, "strict", "Content-Security-Policy: a policy or the name of a preset."),
		Paragraph("CSP_REPORT_ONLY", &c.ReportOnly, "", "Content-Security-Policy-Report-Only: a policy or the name of a preset."),
		cast(&c.SkipReports, Key{
			Name: "CSP_REPORT_PERCENTAGE", Type: "decimal number", Default: "100",
			Doc: "Share of visitors whose browsers are asked to report what a policy blocks; the same visitor is always in or always out.",
		}, func(text string) (float64, error) {
			percent, err := ParseFloat(text)
			if err != nil {
				return 0, err
			}
			percent, err = inRange(percent, 0, 100, formatFloat)
			return 100 - percent, err
		}, func(skip float64) string { return formatFloat(100 - skip) }),
	}
}
