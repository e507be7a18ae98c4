package csp

// Strict is the policy to aim for: scripts run by nonce only and may load what
// they need ('strict-dynamic'), nothing is injected by plugins, base elements
// or strings (Trusted Types), and no other site may frame the pages. It is the
// strict CSP of https://web.dev/articles/strict-csp with everything else
// limited to the site itself.
func Strict() Policy { return strict(NonceSource) }

// StrictHash is [Strict] for pages that are the same for everybody and so can
// be cached: inline blocks run by the hash of their text. See [Hash].
func StrictHash(scripts ...Source) Policy {
	if len(scripts) == 0 {
		return strict(None)
	}
	return strict(scripts...)
}

func strict(scripts ...Source) Policy {
	p := Policy{
		DefaultSrc:             {Self},
		ScriptSrc:              append([]Source(nil), scripts...),
		StyleSrc:               {Self},
		ImgSrc:                 {Self, "data:"},
		ObjectSrc:              {None},
		BaseURI:                {None},
		FormAction:             {Self},
		FrameAncestors:         {None},
		RequireTrustedTypesFor: {Script},
	}
	if p[ScriptSrc][0] != None {
		p[ScriptSrc] = append(p[ScriptSrc], StrictDynamic)
	}
	if p[ScriptSrc][0] == NonceSource {
		p[StyleSrc] = append(p[StyleSrc], NonceSource)
	}
	return p
}

// Basic allows what the site itself serves, without inline blocks: a first
// step for a site whose templates have no nonces yet. Whoever can place a file
// on the site can run it as a script.
func Basic() Policy {
	return Policy{
		DefaultSrc:     {Self},
		ImgSrc:         {Self, "data:"},
		ObjectSrc:      {None},
		BaseURI:        {None},
		FormAction:     {Self},
		FrameAncestors: {None},
	}
}

// API allows nothing: for answers that are not pages.
func API() Policy {
	return Policy{
		DefaultSrc:     {None},
		BaseURI:        {None},
		FormAction:     {None},
		FrameAncestors: {None},
	}
}

// Preset returns the preset of that name: strict, strict-hash (without any
// hash), basic or api.
func Preset(name string) (Policy, bool) {
	switch name {
	case "strict":
		return Strict(), true
	case "strict-hash":
		return StrictHash(), true
	case "basic":
		return Basic(), true
	case "api":
		return API(), true
	}
	return nil, false
}
