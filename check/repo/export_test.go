package repo

// ReadWorkflow is the parser of pipelines, for the fuzz target.
func ReadWorkflow(name string, text []byte) error {
	w, err := readWorkflow(name, text)
	if w != nil {
		w.triggers()
	}
	return err
}
