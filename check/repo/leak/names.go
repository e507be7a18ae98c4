package leak

import "strings"

// A sort says what a name promises about its value.
type sort int

const (
	nothing  sort = iota
	password      // may be chosen by a person
	secret        // drawn by a machine
	vendor        // names an issuer and nothing else: only strong values count
)

// nameWords are the words whose appearance makes a name worth reading.
var nameWords = []string{"passw", "passwd", "passphrase", "pwd", "pass", "secret", "token", "key", "auth", "credential", "creds", "salt", "dsn", "login", "client"}

// vendors are issuers whose bare name is used as that of a key.
var vendors = []string{
	"adafruit", "adobe", "airtable", "algolia", "alibaba", "asana", "atlassian", "bitbucket", "bittrex", "beamer", "clojars", "cloudflare", "codecov", "cohere", "coinbase", "confluent", "contentful",
	"databricks", "datadog", "discord", "doppler", "dropbox", "droneci", "duffel", "dynatrace", "easypost", "etsy", "facebook", "fastly", "finicity", "finnhub", "flickr", "freshbooks", "gitter", "gocardless",
	"heroku", "hubspot", "intercom", "jfrog", "artifactory", "kraken", "kucoin", "launchdarkly", "linkedin", "looker", "mailchimp", "mailgun", "mapbox", "mattermost", "meraki", "messagebird", "netlify", "newrelic",
	"nytimes", "okta", "plaid", "planetscale", "postman", "rapidapi", "sendbird", "sendgrid", "sendinblue", "sentry", "shippo", "shopify", "snyk", "sonar", "sourcegraph", "sumo", "squarespace", "stripe", "sumologic", "telegram", "travis",
	"trello", "twilio", "twitch", "twitter", "typeform", "yandex", "zendesk", "contribsys",
}

// split cuts a name into its words, in lower case: dbPassword, DB_PASSWORD and
// db.password all give db, password.
func split(name string) []string {
	var words []string
	start := 0
	cut := func(end int) {
		if end > start {
			words = append(words, strings.ToLower(name[start:end]))
		}
		start = end
	}
	for i := range len(name) {
		b := name[i]
		switch {
		case !isAlnum(b):
			cut(i)
			start = i + 1
		case isUpper(b) && i > start && (isLower(name[i-1]) || isDigit(name[i-1])):
			cut(i)
		case isLower(b) && i > start+1 && isUpper(name[i-1]) && isUpper(name[i-2]):
			cut(i - 1) // the P of APIPassword
		}
	}
	cut(len(name))
	return words
}

func set(words ...string) map[string]bool {
	m := map[string]bool{}
	for _, line := range words {
		for word := range strings.FieldsSeq(line) {
			m[word] = true
		}
	}
	return m
}

var (
	passwordWords = set("password passwd passphrase pwd pass passw passcode userpass userpassword dbpass dbpassword dbpwd mysqlpassword pgpassword sshpass adminpassword rootpassword cleartextpassword keypass storepass keypassword storepassword")
	secretWords   = set("secret secrets token tokens credential credentials creds apikey secretkey accesskey privatekey authtoken accesstoken apitoken clientsecret appsecret authkey accountkey sharedkey signingkey encryptionkey masterkey bearer auth authorization sessionkey refreshtoken idtoken sig licensekey identitytoken registrytoken salt secretstring secretaccesskey")
	// What makes of the word key the name of a secret, standing before it.
	keyWords = set("api access private secret auth encryption encrypt decryption signing sign master account storage service app application session client deploy crypto hmac jwt consumer license licence cipher aes shared admin write ingest server security instrumentation subscription insert master signature cookie symmetric activation publishing preshared psk nonce in")
	// Words after which a name speaks about a secret and does not hold one.
	aboutWords = set(`name names id ids file files filename path paths url urls uri endpoint host length len size type types ttl expiry expires expiration expire age field fields header headers prefix suffix version count policy hint label
		placeholder param params parameter regex pattern format index limit min max env var ref reference arn alias ring store vault pair board code word press pressed down up left right event selector timeout method mode provider scheme issuer audience scope scopes
		status state valid required enabled disabled reset change changed confirm confirmation confirmed strength manager service handler func function error errors message msg title text description desc template help input output button form page link dialog
		algorithm alg hash hashes hashed digest encoder encoded bits usage rotation validator validation verifier generator location source table column dir directory bucket cache map list array set dict default typ kind key_id sum checksum
		range unicode sha1 sha256 sha512 md5 bcrypt fingerprint thumbprint exists present response request uris interval period date time at by size meshing frame stone signature signatures tag tags class component mtime ctime`)
	// Words before which it does not either.
	notWords = set(`non not wrong bad fake mock dummy unknown mismatched public pub csrf xsrf primary foreign bucket partition sort row cache translation i18n routing idempotency next page paging continuation cursor pagination no without missing invalid expired forgot forget reset show hide toggle confirm
		old is has use needs enable require disable validate verify check generate create parse get lookup schema sequence natural idx hot map object index publishable publickey author authors authority cancel cancellation syntax lexer keyword monkey turkey issuer accessor random event lock
		press hash column field input default encrypted encoded masked hashed sealed external`)
)

// judgeName says what the name promises.
func judgeName(name string) sort {
	words := split(name)
	best, at := nothing, -1
	for i, w := range words {
		switch {
		case passwordWords[w]:
			best, at = password, i
		case secretWords[w]:
			best, at = secret, i
		case w == "key" && i > 0 && (keyWords[words[i-1]] || vendorName(words[:i]...)):
			best, at = secret, i
		}
	}
	if best == nothing {
		if vendorName(words...) && !hashWords[words[len(words)-1]] { // a dropboxHash is none of Dropbox's secrets
			return vendor
		}
		return best
	}
	for i, w := range words {
		if i < at && notWords[w] || i > at && aboutWords[w] {
			return nothing
		}
	}
	return best
}

// vendorName reports whether words that follow one another are an issuer's
// name: message, bird as well as messagebird.
func vendorName(words ...string) bool {
	for i := range words {
		joined := ""
		for _, w := range words[i:] {
			if joined += w; vendorSet[joined] {
				return true
			}
		}
	}
	return false
}

var (
	vendorSet = set(vendors...)
	hashWords = set("hash hashes digest checksum sum")
)
