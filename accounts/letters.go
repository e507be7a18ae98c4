package accounts

import "strings"

// A letter is a mail before it is written as text and as HTML. The texts hold
// nothing that a visitor typed: nobody can make us mail their words.
type letter struct {
	Subject string
	Before  []string // paragraphs
	Button  string   // what the link does
	Link    string   // "" for none
	After   []string
	Site    string
}

// text returns the letter as plain text.
func (l letter) text() string {
	parts := append([]string{}, l.Before...)
	if l.Link != "" {
		parts = append(parts, l.Button+":\n"+l.Link)
	}
	parts = append(parts, l.After...)
	return strings.Join(append(parts, "-- \n"+l.Site), "\n\n") + "\n"
}

func (a *Accounts) confirmLetter(link string) letter {
	return letter{
		Subject: "Confirm your address for " + a.cfg.SiteName, Site: a.cfg.SiteName,
		Before: []string{"Somebody, we hope you, signed up at " + a.cfg.SiteName + " with this address."},
		Button: "Confirm the address", Link: link,
		After: []string{
			"The link works once, for " + hours(a.cfg.VerifyAge) + ". Open it in the browser in which you signed up, or have the password ready that you chose there.",
			"If it was not you, do nothing: without the link there is no account.",
		},
	}
}

func (a *Accounts) existsLetter() letter {
	return letter{
		Subject: "You already have an account at " + a.cfg.SiteName, Site: a.cfg.SiteName,
		Before: []string{
			"Somebody, perhaps you, tried to sign up at " + a.cfg.SiteName + " with this address. It has an account already, and nothing was changed.",
			"If you forgot the password, or never chose one, you can choose a new one.",
		},
		Button: "Choose a new password", Link: a.origin + pathReset,
		After: []string{"If it was not you, do nothing. Whoever it was did not learn that you have an account."},
	}
}

func (a *Accounts) resetLetter(link string) letter {
	return letter{
		Subject: "Choose a new password for " + a.cfg.SiteName, Site: a.cfg.SiteName,
		Before: []string{"Somebody, we hope you, asked for a new password for your account at " + a.cfg.SiteName + "."},
		Button: "Choose a new password", Link: link,
		After: []string{
			"The link works once, for " + hours(a.cfg.ResetAge) + ". The new password signs you out on every device.",
			"If it was not you, do nothing: your password stays as it is.",
		},
	}
}

func (a *Accounts) unknownLetter() letter {
	return letter{
		Subject: "No password to change at " + a.cfg.SiteName, Site: a.cfg.SiteName,
		Before: []string{
			"Somebody, perhaps you, asked for a new password at " + a.cfg.SiteName + " with this address, but there is no account with it that can be used.",
			"If you have an account, it has another address. If it was not you, do nothing.",
		},
	}
}

func (a *Accounts) changedLetter() letter {
	return letter{
		Subject: "Your password for " + a.cfg.SiteName + " was changed", Site: a.cfg.SiteName,
		Before: []string{
			"The password of your account at " + a.cfg.SiteName + " was just changed, and every other device was signed out.",
			"If it was you, there is nothing to do. If it was not, choose a new password at once: whoever has the old one is out then.",
		},
		Button: "Choose a new password", Link: a.origin + pathReset,
	}
}
