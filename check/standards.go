package check

// A category is one entry of a standard's table of contents.
type category struct {
	ID, Name string
	// L1, L2, L3 are the numbers of requirements by ASVS level.
	L1, L2, L3 int
}

// top10 is the OWASP Top 10 of 2025.
var top10 = []category{
	{ID: "A01", Name: "Broken Access Control"},
	{ID: "A02", Name: "Security Misconfiguration"},
	{ID: "A03", Name: "Software Supply Chain Failures"},
	{ID: "A04", Name: "Cryptographic Failures"},
	{ID: "A05", Name: "Injection"},
	{ID: "A06", Name: "Insecure Design"},
	{ID: "A07", Name: "Authentication Failures"},
	{ID: "A08", Name: "Software or Data Integrity Failures"},
	{ID: "A09", Name: "Security Logging and Alerting Failures"},
	{ID: "A10", Name: "Mishandling of Exceptional Conditions"},
}

// asvs are the chapters of the OWASP Application Security Verification
// Standard 5.0.0 with the number of requirements at each level.
var asvs = []category{
	{"V1", "Encoding and Sanitization", 8, 19, 3},
	{"V2", "Validation and Business Logic", 4, 7, 2},
	{"V3", "Web Frontend Security", 8, 11, 12},
	{"V4", "API and Web Service", 2, 8, 6},
	{"V5", "File Handling", 4, 5, 4},
	{"V6", "Authentication", 13, 22, 12},
	{"V7", "Session Management", 6, 12, 1},
	{"V8", "Authorization", 4, 3, 6},
	{"V9", "Self-contained Tokens", 4, 3, 0},
	{"V10", "OAuth and OIDC", 5, 24, 7},
	{"V11", "Cryptography", 3, 11, 10},
	{"V12", "Secure Communication", 3, 6, 3},
	{"V13", "Configuration", 1, 12, 8},
	{"V14", "Data Protection", 2, 7, 4},
	{"V15", "Secure Coding and Architecture", 3, 10, 8},
	{"V16", "Security Logging and Error Handling", 0, 16, 1},
	{"V17", "WebRTC", 0, 7, 5},
}
