package settings

// Mail is how mail leaves the site.
type Mail struct {
	// URL is the mail service; the zero URL means that there is none.
	URL URL
	// From is the sender's address, perhaps with a name.
	From string
}

func (m *Mail) settings() []Setting {
	return []Setting{
		ServiceURL("EMAIL_URL", &m.URL, "", "How mail leaves: smtp://user:password@host:587 (STARTTLS), smtps://, file:///directory, console:. Without it none does.",
			ParseEmailURL, "smtp", "smtps", "file", "console", "memory").Dev("console:"),
		Text("EMAIL_FROM", &m.From, "", "Sender of the site's mail."),
	}
}
