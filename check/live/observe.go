package live

// observation is what was gathered, as the Observatory would have it.
func (s *survey) observation() *observation {
	o := &observation{
		algorithm: s.config.Algorithm, host: s.target.Hostname(), auto: s.auto, page: &page{base: s.auto.url},
		http: s.http.last(), https: s.https.last(), httpsValid: s.tls.trusted(), httpValid: true,
		route: s.http.route(), cors: s.observed, preloaded: s.config.Preloaded,
	}
	if s.auto.html() {
		o.page = s.page
	}
	for _, u := range o.route {
		// Of a host that was not asked nothing is known, so nothing is held against it.
		if u.Scheme == "https" && s.known(u) && !s.tls.trusted() {
			o.httpValid = false
		}
	}
	c := &s.https
	if s.https.last() == nil {
		c = &s.http
	}
	for _, a := range c.answers {
		o.cookies = append(o.cookies, readCookies(a, s.now)...)
	}
	return o
}
