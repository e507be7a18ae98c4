package settings

import "github.com/merlon-go/merlon/secrets"

// SecretKeys are the site's keys, for [secrets.NewRing].
type SecretKeys struct {
	// SecretKey signs and seals. It is empty under Dev if nobody set it:
	// `serve --dev` makes one.
	SecretKey secrets.Secret
	// Fallbacks are older keys that still verify and open.
	Fallbacks []secrets.Secret
}

func (k *SecretKeys) settings() []Setting {
	return []Setting{
		SecretText("SECRET_KEY", &k.SecretKey, "The site's key: at least 32 random bytes. `merlon secret generate` makes one.").Require(),
		SecretList("SECRET_KEY_FALLBACKS", &k.Fallbacks, "Older keys that still verify. Take one out when what it signed has expired."),
	}
}
