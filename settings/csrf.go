package settings

// CSRF is the protection against forged requests. Package csrf judges it.
type CSRF struct {
	// TrustedOrigins may send requests that change state.
	TrustedOrigins []string
	// CookieName, HeaderName and FieldName are where the token travels.
	CookieName, HeaderName, FieldName string
}

func (c *CSRF) settings() []Setting {
	return []Setting{
		List("CSRF_TRUSTED_ORIGINS", &c.TrustedOrigins, "", "Other origins that may change state here: https://a.example, https://*.example.com."),
		Text("CSRF_COOKIE_NAME", &c.CookieName, "__Host-csrftoken", "Name of the cookie.").Dev("csrftoken"),
		Text("CSRF_HEADER_NAME", &c.HeaderName, "X-CSRFToken", "Name of the request header."),
		Text("CSRF_FIELD_NAME", &c.FieldName, "csrf_token", "Name of the form field."),
	}
}
