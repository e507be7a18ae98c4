package repo

import (
	"strings"

	"github.com/merlon-go/merlon/check/repo/leak"
)

// issuers is where the tokens of a kind are taken back.
var issuers = map[string]string{
	"Anthropic":    "https://console.anthropic.com/settings/keys",
	"Atlassian":    "https://id.atlassian.com/manage-profile/security/api-tokens",
	"AWS":          "https://console.aws.amazon.com/iam/home#/security_credentials",
	"Azure":        "https://portal.azure.com",
	"Cloudflare":   "https://dash.cloudflare.com/profile/api-tokens",
	"crates.io":    "https://crates.io/settings/tokens",
	"Databricks":   "the workspace's settings, Developer, Access tokens",
	"DigitalOcean": "https://cloud.digitalocean.com/account/api/tokens",
	"Discord":      "https://discord.com/developers/applications",
	"Docker":       "https://app.docker.com/settings/personal-access-tokens",
	"Figma":        "https://www.figma.com/settings",
	"GitHub":       "https://github.com/settings/tokens",
	"GitLab":       "https://gitlab.com/-/user_settings/personal_access_tokens, or the same page of your own GitLab",
	"Google":       "https://console.cloud.google.com/apis/credentials",
	"Heroku":       "https://dashboard.heroku.com/account",
	"Gemini":       "https://aistudio.google.com/apikey",
	"Hugging":      "https://huggingface.co/settings/tokens",
	"Kaggle":       "https://www.kaggle.com/settings",
	"Mailgun":      "https://app.mailgun.com/settings/api_security",
	"Neon":         "https://console.neon.tech/app/settings/api-keys",
	"Netlify":      "https://app.netlify.com/user/applications",
	"MongoDB":      "https://cloud.mongodb.com, Service Accounts of the organization",
	"npm":          "https://www.npmjs.com/settings/~/tokens",
	"NVIDIA":       "https://build.nvidia.com/settings/api-keys",
	"OpenAI":       "https://platform.openai.com/api-keys",
	"Pinecone":     "https://app.pinecone.io, API keys of the project",
	"PyPI":         "https://pypi.org/manage/account/token/",
	"Render":       "https://dashboard.render.com/settings#api-keys",
	"RubyGems":     "https://rubygems.org/profile/api_keys",
	"SendGrid":     "https://app.sendgrid.com/settings/api_keys",
	"Slack":        "https://api.slack.com/apps",
	"Stripe":       "https://dashboard.stripe.com/apikeys",
	"Telegram":     "a message /revoke to @BotFather",
	"Terraform":    "https://app.terraform.io/app/settings/tokens",
	"Twilio":       "https://console.twilio.com",
}

// revoke says how the secret loses its worth.
func revoke(l *leak.Leak) string {
	kind := strings.TrimPrefix(l.Kind, "encrypted ")
	issuer, _, _ := strings.Cut(kind, " ")
	switch {
	case issuers[issuer] != "":
		return "Revoke it first: " + issuers[issuer] + "."
	case strings.HasSuffix(kind, "private key"):
		return "Make a new key first, put it where the old one is trusted, and withdraw the old one and its certificate."
	case l.Length == 0: // a file of keys
		return "Replace the keys in it first, wherever they are trusted."
	case strings.HasPrefix(kind, "password"), strings.Contains(kind, "credential"):
		return "Change the password first, wherever it is used."
	}
	return "Change the secret at its issuer first."
}

const keepOut = " Then take it out of the file and read it from the environment or a secret manager."

// fix is what to do about a secret in a file.
func (f *file) fix(l *leak.Leak) string {
	switch {
	case l.Minor:
		return "Nothing, if it protects nothing. Otherwise: " + revoke(l) + keepOut
	case f.staged && f.pending:
		return "Take it out of what is staged (git restore --staged) before it is committed, and read it from the environment or a secret manager."
	case f.inGit && !f.tracked:
		return "It is in no commit yet: name the file in .gitignore, or read the value from the environment or a secret manager."
	}
	if f.staged {
		return revoke(l) + " Then commit the file without it."
	}
	return revoke(l) + keepOut
}
