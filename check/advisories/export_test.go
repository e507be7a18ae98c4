package advisories

// ReadModFiles is what parses the files of the go command, for the fuzz target.
func ReadModFiles(text []byte) {
	if f, err := parseMod(text); err == nil {
		selected(f)
	}
	_, _ = parseWork(text) // errors are fine, a panic is not
	parseSum(text)
	parseVendored(text)
}
