package settings

import "time"

// Security is what /.well-known/security.txt tells those who found a hole
// (RFC 9116). Without a contact there is no such file.
type Security struct {
	// Contact are mail addresses, telephone numbers (tel:) and pages (https:),
	// the preferred one first.
	Contact []string
	// PolicyURL, EncryptionURL, AcknowledgmentsURL and HiringURL are pages, ""
	// for none.
	PolicyURL, EncryptionURL, AcknowledgmentsURL, HiringURL string
	// Languages are those that reports may be written in; none means any.
	Languages []string
	// Expires is when the file is stale; the zero time lets it move on as long
	// as the site runs.
	Expires time.Time
}

func (s *Security) settings() []Setting {
	return []Setting{
		List("SECURITY_CONTACT", &s.Contact, "", "Where holes are reported, for /.well-known/security.txt: mail addresses, tel: or https: URIs, the preferred one first."),
		Text("SECURITY_POLICY_URL", &s.PolicyURL, "", "Page of that file that says what is allowed to those who look for holes."),
		Text("SECURITY_ENCRYPTION_URL", &s.EncryptionURL, "", "Key of that file to encrypt reports with."),
		Text("SECURITY_ACKNOWLEDGMENTS_URL", &s.AcknowledgmentsURL, "", "Page of that file that thanks those who reported."),
		Text("SECURITY_HIRING_URL", &s.HiringURL, "", "Page of that file with open positions in security."),
		List("SECURITY_LANGUAGES", &s.Languages, "", "Languages of that file that reports may be written in, such as en,de."),
		Date("SECURITY_TXT_EXPIRES", &s.Expires, "Day on which that file is stale. Without it: 180 days ahead, as long as the site runs."),
	}
}
