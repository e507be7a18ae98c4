package conf

import "github.com/merlon-go/merlon/check"

func uploadFolderMissing() check.Rule {
	return onSettings(check.Rule{
		ID:     "upload-folder-missing",
		Title:  "There is no folder for uploads",
		Level:  check.Error,
		Tags:   []string{"settings", "files"},
		Why:    "Every larger upload fails, and a folder made in a hurry is often open to everybody.",
		Fix:    "Make the folder that TMPDIR names, or unset TMPDIR.",
		CWE:    []int{1188},
		OWASP:  "A10",
		Django: "files.E001",
	}, func(l *look) {
		if l.TempDir == "" {
			return
		}
		if info, err := l.Info(l.TempDir); err != nil || !info.IsDir() {
			l.found = append(l.found, check.Finding{Title: "The folder for temporary files is no folder", Place: check.Place{Setting: "TMPDIR", Source: "environment variable TMPDIR"}})
		}
	})
}
