package settings

// CSP is the content security policy: text, or the name of a preset. Package
// csp judges it.
type CSP struct {
	// Policy is enforced, ReportOnly only reported; "" for none.
	Policy, ReportOnly string
}

func (c *CSP) settings() []Setting {
	return []Setting{
		Paragraph("CSP", &c.Policy, "strict", "Content-Security-Policy: a policy or the name of a preset."),
		Paragraph("CSP_REPORT_ONLY", &c.ReportOnly, "", "Content-Security-Policy-Report-Only: a policy or the name of a preset."),
	}
}
