package live

// observation gathers what the Observatory would look at.
func (s *survey) observation() *observation {
	// What ends where nothing answers counts as no answer at all.
	ended := func(c *chain) *answer {
		if c.dead {
			return nil
		}
		return c.last()
	}
	o := &observation{
		algorithm: s.config.Algorithm, host: s.target.Hostname(), page: &page{base: s.auto.url},
		http: ended(&s.http), https: ended(&s.https), httpsValid: s.tls.trusted(), httpValid: true,
		route: s.http.route(), cors: s.observed, preloaded: s.config.Preloaded,
	}
	c := &s.https
	if o.auto = o.https; o.https == nil {
		c, o.auto = &s.http, o.http
	}
	if o.auto == nil {
		return o
	}
	o.readPage()
	for _, u := range o.route {
		// Of a host that was not asked nothing is known, so nothing is held against it.
		if u.Scheme == "https" && s.known(u) && !s.tls.trusted() {
			o.httpValid = false
		}
	}
	for _, a := range c.answers {
		o.cookies = append(o.cookies, readCookies(a, s.now)...)
	}
	return o
}
