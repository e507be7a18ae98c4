package settings

import "time"

// Headers are the static security headers. Package headers judges the values.
type Headers struct {
	// HSTSSeconds is the max-age of Strict-Transport-Security, 0 for no
	// header; HSTSRampStart, if it is not zero, lets it grow instead.
	HSTSSeconds           int64
	HSTSRampStart         time.Time
	HSTSIncludeSubdomains bool
	HSTSPreload           bool
	// The values of the headers of these names; "" sends none.
	ReferrerPolicy            string
	CrossOriginOpenerPolicy   string
	CrossOriginResourcePolicy string
	CrossOriginEmbedderPolicy string
	FrameOptions              string
	// PermissionsPolicy is a policy, or "" for the one that allows nothing.
	PermissionsPolicy string
}

// tenYears is the longest max-age that cannot be a slip.
const tenYears = 10 * 365 * 24 * 60 * 60

func (h *Headers) settings() []Setting {
	return []Setting{
		Seconds("SECURE_HSTS_SECONDS", &h.HSTSSeconds, 3600, tenYears, "max-age of Strict-Transport-Security, sent over https only; 0 sends none."),
		Date("SECURE_HSTS_RAMP_START", &h.HSTSRampStart, "Day from which max-age grows by itself: 300, 3600, 86400, 2592000, 31536000 seconds."),
		Bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", &h.HSTSIncludeSubdomains, false, "Add includeSubDomains."),
		Bool("SECURE_HSTS_PRELOAD", &h.HSTSPreload, false, "Add preload."),
		Text("SECURE_REFERRER_POLICY", &h.ReferrerPolicy, "same-origin", "Referrer-Policy."),
		Text("SECURE_CROSS_ORIGIN_OPENER_POLICY", &h.CrossOriginOpenerPolicy, "same-origin", "Cross-Origin-Opener-Policy."),
		Text("SECURE_CROSS_ORIGIN_RESOURCE_POLICY", &h.CrossOriginResourcePolicy, "same-origin", "Cross-Origin-Resource-Policy."),
		Text("SECURE_CROSS_ORIGIN_EMBEDDER_POLICY", &h.CrossOriginEmbedderPolicy, "", "Cross-Origin-Embedder-Policy: require-corp or credentialless; empty sends none, since it blocks what pages embed from other sites."),
		Text("X_FRAME_OPTIONS", &h.FrameOptions, "DENY", "X-Frame-Options: DENY or SAMEORIGIN."),
		Paragraph("PERMISSIONS_POLICY", &h.PermissionsPolicy, "", "Permissions-Policy; empty is the policy with every feature off."),
	}
}
