package leak_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/merlon-go/merlon/check/repo/leak"
)

// Tokens are put together here, so that no scanner takes this file for a leak.
var (
	github  = "ghp" + "_oq4nlwagljnS4k1zgtlcuVp7q4mxidWxjejg"
	aws     = "AKI" + "AYRWQG5EJLPZLBYNP"
	stripe  = "sk_" + "live_w2D7htpau743n2uf8k937uxb"
	slack   = "xox" + "b-781236542736-2364535789652-GkwFDQoHqzXDVsC6GzqYUypD"
	drawn   = "q8" + "Zf3D0LXCM3EIMbgJpUNnkRtOfOueHznB"
	hex32   = "9f" + "86d081884c7d659a2feaa0c55ad015"
	service = `{"type": "service_account", "private_key": "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDAC4AWkdwKYSd8Ks14IReLcYgADhoXk56ZzXI=\n-----END PRIVATE KEY-----\n"}`
)

func TestScan(t *testing.T) {
	kube := base64.StdEncoding.EncodeToString([]byte("correct-horse-9"))
	rows := []struct{ name, path, text, want string }{
		{"github", "main.go", `const t = "` + github + `"`, "GitHub token"},
		{"aws", "deploy.sh", "export AWS_ACCESS_KEY_ID=" + aws, "AWS access key id"},
		{"stripe", "pay.py", "stripe.api_key = '" + stripe + "'", "Stripe secret key"},
		{"slack", "a.rb", "post(\"" + slack + "\")", "Slack token"},
		{"private key", "id_rsa", "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA04up8hoqzS1AXKBc7hFuJTc1nRDqvHOz3xj1YxP2RzYBtFqF\n-----END RSA PRIVATE KEY-----", "RSA private key"},
		{"key within JSON", "sa.json", service, "private key"},
		{"certificate", "a.pem", "-----BEGIN CERTIFICATE-----\nMIIEpAIBAAKCAQEA04up8hoqzS1AXKBc7hFuJTc1nRDqvHOz3xj1YxP2RzYBtFqF\n-----END CERTIFICATE-----", ""},
		{"public key", "a.pem", "-----BEGIN PUBLIC KEY-----\nMIIEpAIBAAKCAQEA04up8hoqzS1AXKBc7hFuJTc1nRDqvHOz3xj1YxP2RzYBtFqF\n-----END PUBLIC KEY-----", ""},
		{"key of one word", "a.go", "-----BEGIN PRIVATE KEY-----\nanything\n-----END PRIVATE KEY-----", ""},

		{"env", ".env", "DB_PASSWORD=tr0ub4dor&3\n", "password"},
		{"env quoted", ".env", "API_TOKEN=\"" + drawn + "\"\n", "secret value"},
		{"env export", ".envrc", "export SECRET_KEY='" + drawn + "'\n", "secret value"},
		{"ini", "app.ini", "[db]\npassword = Winter2026!\n", "password"},
		{"toml", "app.toml", "client_secret = \"" + drawn + "\"\n", "secret value"},
		{"yaml", "values.yaml", "auth:\n  apiKey: " + drawn + "\n", "secret value"},
		{"yaml pair", "deploy.yaml", "env:\n  - name: DB_PASSWORD\n    value: Winter2026!\n", "password"},
		{"json", "config.json", `{"secretKey": "` + drawn + `"}`, "secret value"},
		{"netrc", ".netrc", "machine api.example.com login me password hunter2x\n", "password in a netrc file"},
		{"npmrc", ".npmrc", "//registry.npmjs.org/:_authToken=" + drawn + "\n", "registry credential"},
		{"pypirc", ".pypirc", "[pypi]\nusername = me\npassword = Winter2026!\n", "password"},
		{"pgpass", ".pgpass", "db.internal:5432:app:me:Winter2026\n", "password of a PostgreSQL password file"},
		{"docker", ".docker/config.json", `{"auths":{"r.io":{"auth":"` + base64.StdEncoding.EncodeToString([]byte("me:Winter2026")) + `"}}}`, "registry credential"},
		{"htpasswd", ".htpasswd", "me:$apr1$x8f7s9d0$Yk1JpQ0o2mVb3n4c5x6z7.\n", "password hash of a web server"},
		{"wp-config", "wp-config.php", "define('DB_PASSWORD', 'Winter2026!');\n", "password"},
		{"kubernetes", "secret.yaml", "apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\ndata:\n  pass: " + kube + "\n", "value of a Kubernetes Secret"},
		{"tfvars", "prod.tfvars", "db_password = \"Winter2026!\"\n", "password"},
		{"properties", "application.properties", "spring.datasource.password=Winter2026!\n", "password"},
		{"xml", "web.config", "<apiKey>" + drawn + "</apiKey>", "secret value"},
		{"nuget", "NuGet.config", `<add key="ClearTextPassword" value="Winter2026!" />`, "registry credential"},
		{"go", "a.go", "var apiSecret string = \"" + drawn + "\"", "secret value"},
		{"python", "a.py", "AUTH_TOKEN = '" + hex32 + "'", "secret value"},
		{"go call", "a.go", `os.Setenv("API_TOKEN", "` + drawn + `")`, "secret value"},
		{"address", "a.yml", "url: postgres://app:q8Zf3D0LXCM3@db.prod.internal/app", "password in an address"},
		{"header", "a.sh", "curl -H 'Authorization: Bearer " + drawn + "' https://x", "credentials in a header"},
		{"curl", "a.sh", "curl -u admin:Winter2026! https://x", "credentials in a command"},
		{"azure", "a.cs", `"AccountKey=` + strings.Repeat("aB3dE6gH9kL2mN5p", 5) + `aB3dE6==;"`, "Azure storage or service bus key"},

		{"connection string", "a.cs", `"Server=db;User Id=sa;Password=Wint3rgold9;"`, "password"},
		{"query", "a.js", "get('https://api.x.io/v1?api_key=a8f5f167f44f4964e6c998dee827110c')", "secret value"},
		{"Dockerfile", "Dockerfile", "ENV SECRET_KEY a8f5f167f44f4964e6c998dee827110c\n", "secret value"},
		{"shell", "a.sh", "PGPASSWORD=Wint3rgold psql -h x\n", "password"},
		{"MySQL in Go", "a.go", `sql.Open("mysql", "app:Wint3rgold@tcp(db:3306)/app")`, "password in an address"},
		{"basic auth in Go", "a.go", `r.SetBasicAuth("app", "Wint3rgold!")`, "password in a call"},
		{"basic auth in Python", "a.py", `get(u, auth=("app", "Wint3rgold!"))`, "password in a call"},
		{"SQL", "a.sql", "CREATE USER app WITH PASSWORD 'Wint3rgold';", "password in SQL"},
		{"MySQL", "a.sql", "CREATE USER 'a'@'%' IDENTIFIED BY 'Wint3rgold';", "password in SQL"},
		{"mysql", "a.sh", "mysql -u app -pWint3rgold db", "password in a command"},
		{"sshpass", "a.sh", "sshpass -p Wint3rgold ssh x", "password in a command"},
		{"key of Django", "settings.py", "SECRET_KEY = 'django-insecure-4k$8@1v)z!q0m^w3e&r5t*y7u(i9o_p2a-s6d+f8g=h0j'", "secret value"},

		{"git-credentials", ".git-credentials", "https://me:Winter2026@git.corp.io\n", "password in an address"},
		{"aws credentials", ".aws/credentials", "[default]\naws_secret_access_key = " + drawn + "\n", "secret value"},
		{"kubeconfig", ".kube/config", "users:\n- user:\n    password: Winter2026\n", "password"},
		{"composer", "auth.json", `{"github-oauth": {"github.com": "` + hex32 + `"}}`, "registry credential"},
		{"yarn", ".yarnrc.yml", "npmAuthIdent: \"me:Winter2026\"\n", "registry credential"},
		{"docker identity", ".docker/config.json", `{"auths":{"r.io":{"identitytoken":"` + drawn + `"}}}`, "secret value"},
		{"tfstate output", "terraform.tfstate", `{"outputs":{"admin":{"value":"Winter-2026","type":"string","sensitive":true},"zone":{"value":"a-1"}}}`, "secret output of Terraform"},
		{"tfstate password", "terraform.tfstate", `{"resources":[{"type":"random_password","instances":[{"attributes":{"result":"Zx9#kLm2pQ7vRt"}}]}]}`, "password"},
		{"salt of WordPress", "wp-config.php", `define('AUTH_KEY', 'q|Zf3D0L XCM3E]IMb+gJpU{Nnk-RtOf!Oue@Hzn#BkBq$2mTn%8R1vX^5zY7w&A3c');`, "secret value"},
		{"wireguard", "wg0.conf", "PresharedKey = " + drawn + "\n", "secret value"},
		{"key under its name", "appsettings.json", `{"Logging": {"Level": "x"}, "Jwt": {"Issuer": "me", "Key": "` + drawn + `"}}`, "secret value"},
		{"key under its name in YAML", "app.yml", "jwt:\n  issuer: me\n\n  key: " + drawn + "\n", "secret value"},
		{"key under another", "app.json", `{"translation": {"Key": "` + drawn + `"}}`, ""},
		{"phrase for a key", ".env", "JWT_SECRET=our-signing-phrase-2024\n", "secret value"},
		{"phrase in code", "a.py", "JWT_SECRET = 'our-signing-phrase-2024'\n", ""},
		{"words for a password", ".env", "ADMIN_PASSWORD=\"correct horse battery staple\"\n", "password"},
		{"three quotes", "a.toml", "password = '''Winter2026!'''\n", "password"},
		{"libpq", "a.go", `const dsn = "host=db user=app password=Winter2026 dbname=x"`, "password"},
		{"nginx", "nginx.conf", `proxy_set_header Authorization "Bearer ` + drawn + `";`, "credentials in a header"},
		{"docker config in a Secret", "s.yaml", "kind: Secret\ndata:\n  .dockercfg: |\n    " + base64.StdEncoding.EncodeToString([]byte(`{"auths":{"r":{"auth":"opensesame"}}}`)) + "\n", "value of a Kubernetes Secret"},

		{"git-credentials with signs", ".git-credentials", "https://me@corp.io:Wint!#@er9@git.corp.io\n", "password in an address"},
		{"file of one secret", "secrets/db_password.txt", "Winter2026!\n", "password"},
		{"file of one key", "config/master.key", hex32, "secret value"},
		{"file of one word", "config/region.txt", drawn, ""},
		{"shadow", "etc/shadow", "root:*:17431:0:99999:7:::\nme:$6$LnUhhUi45srUKt9i$4Hp6VRTOB2mxvsYH8mwsCfBryg6hCbm4JJjV26KplN8ewZ7E:17431:0:99999:7:::\n", "password hash of an account"},
		{"mailer", ".msmtprc", "account x\nuser me\npassword Winter2026\n", "password of a mail account"},
		{"mailer asks", ".msmtprc", "passwordeval gpg -d x\npassword password\n", ""},
		{"dump", "dump.sql", "INSERT INTO users VALUES " + strings.Repeat("(1, 'me', '$2y$12$s.YfVZdfvAuO/Iz6fte5iO..ZbbEgreZnDcYOGvX4NGJskYQIstcG'),\n", 3), "password hashes in a dump of a database"},
		{"tag with attributes", "sitemanager.xml", `<Host>ftp.corp.io</Host><Pass encoding="base64">NjllNWU5ZWMwZDU0MmU5Y2QwOTY4MWM5YzZhMDdk</Pass>`, "password"},
		{"word beside a server", "sftp.json", `{"host": "ftp.corp.io", "username": "deploy", "password": "swordfish"}`, "password"},
		{"word beside a label", "form.json", `{"host": "Host name", "username": "User name", "password": "swordfish"}`, ""},
		{"sign in", "a.py", "server.login('me@corp.io', 'swordfish')", "password in a call"},
		{"connect", "a.php", "$c = mysqli_connect('db.corp.io', 'app', 'swordfish');", "password in a call"},
		{"Discord", "bot.py", "client.run(\"MTk4NjIyNDgzNDcxOTI1MjQ4" + ".Cl2FMQ" + ".ZnCjm1XVW7vRze4b7Cq4se7kKWs8Q2dhYbXk\")", "Discord bot token"},
		{"sign in without a token", "bot.py", "client.run(\"some-other-thing-with-words.and-more.and-even-more-of-them\")", ""},
		{"JDBC", "A.java", `DriverManager.getConnection("jdbc:x", "app", "swordfish");`, "password in a call"},
		{"key of Django without luck", "settings.py", "SECRET_KEY = 'zh!=!gq(w^_t[sBR29954x)HI+$ehwss*xYNQeu([xcWMhdzzr'", "secret value"},
		{"reference in quotes", "a.sh", `API_SECRET="${A1}-${B2}-${C3}-${D4}-{{E5}}-${F6}-${G7}"`, ""},

		{"pattern of a token", "rules.go", "`bedrock-api-" + "key-YmVkcm9jay5hbWF6b25hd3MuY29t[a-z]*`", ""},
		{"pattern", "scanner.go", "TokenUnicodeRange: `U\\\\+[0-9A-F\\\\?]{1,6}(?:-[0-9A-F]{1,6})?`", ""},
		{"sentence in SQL's words", "a.go", "// the interface, identified by 'hostConfig.NetworkMode' for a user", ""},
		{"sentence in JSON", "a.json", `{"description": "as in user@password:www.example.com/x9"}`, ""},
		{"disguised word", "docker-compose.yml", "SA_PASSWORD: myPassw0rd\n", ""},
		{"letters in a row", "url.ts", "new URL('https://abc:xyz@example.com')", ""},
		{"token that is wrong", "a.go", `nonMatchingToken := "` + drawn + `"`, ""},
		{"OpenAPI", "swagger.yaml", "password: \"Winter2026\"\n", ""},
		{"hash of a password", "users.xml", "<password_sha256_hex>" + hex32 + hex32 + "</password_sha256_hex>", ""},
		{"address in JSON", "a.json", `"/o?a=1\u0026pageToken=` + drawn + `"`, ""},
		{"another language", "zh.json", `{"passwordLabel1": "密码", "authToken": "用户验证令牌验证令牌", "password": "修改密码吧"}`, ""},
		{"texts", "locales/de.json", `{"password": "Passwort1!"}`, ""},
		{"published", "google-services.json", `"AIza` + `SyAnLA7NfeLquW1tJFpx_eQCxoX-oo6YyIs"`, ""},

		{"generated", "a.go", "// Code generated by x. DO NOT EDIT.\n\nvar apiSecret = \"" + drawn + "\"", ""},
		{"name as its own value", "a.json", `{"adminPwd77": "adminPwd77"}`, ""},
		{"comparison", "a.sh", "if [ $DB_PASSWORD == Wint3rgold ]; then", ""},
		{"call in a connection string", "a.cs", `"Server=db;User Id=sa;Password=getPass1(x);"`, ""},
		{"checksum under the name of a token", "a.json", `{"authToken": "sha256:` + hex32 + hex32 + `"}`, ""},
		{"placeholder in an address", "a.yml", "url: postgres://app:changeme@db.prod.internal/app", ""},
		{"word for this machine", "a.yml", "url: postgres://app:wint3r@localhost/app", ""},
		{"word for another machine", "a.yml", "url: postgres://app:wint3r@db.prod.internal/app", "password in an address"},
		{"key of few letters", "a.key", "-----BEGIN PRIVATE KEY-----\n" + strings.Repeat("AbCd", 20) + "\n-----END PRIVATE KEY-----", ""},
		{"password of one sign", ".env", "DB_PASSWORD=11111111\n", ""},
		{"everybody's", ".env", "ALGOLIA_API_KEY=6fe4476ee5a1" + "832882e326b506d14126\n", ""},
		{"key of which a sentence speaks", "values.yaml", "## starts with -----BEGIN RSA PRIVATE KEY-----\n## and its name should line up with a secret that is set further up in this very file, or below\n", ""},
		{"code about htpasswd", "htpasswd.go", "\tpath: filePathOfUsers,\n", ""},
		{"template of htpasswd", "secret-htpasswd.yaml", "SPDX-License-Identifier: APACHE-2.0\n", ""},
		{"time of a password", "values.yaml", "adminPasswordMtime: \"2026-01-02T15:04:05Z\"\n", ""},
		{"start of a signature", "a.go", `h.Set("Authorization", "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=")`, ""},
		{"sample in base64", "a.yaml", "cookie-secret: " + base64.StdEncoding.EncodeToString([]byte("example-cookie-secretzzz")) + "\n", ""},
		{"basic of a manual", "a.yaml", "Authorization: \"Basic " + base64.StdEncoding.EncodeToString([]byte("app@h.io:app")) + "\"\n", ""},
		{"basic", "a.yaml", "AUTH_TOKEN: \"Basic " + base64.StdEncoding.EncodeToString([]byte("app@h.io:Wint3rgold")) + "\"\n", "secret value"},
		{"token of jwt.io in JSON", "a.go", "token := `{\"token\":\"" + jwt(`{"alg":"HS256"}`, `{"sub":"1234567890"}`) + "\"}`", ""},
		{"own password of a manual", "a.go", `"http://myUser:myPass@proxy.h.io:8000"`, ""},
		{"password in a constant's name", "a.go", `c := X{Host: "db.h.io", User: "app", Password: "HOST_PASS"}`, ""},
		{"next parameter", "a.go", `"server=localhost;user=user;password=password,port=1433"`, ""},
		{"token of PostHog", "a.ts", `const PROJECT_TOKEN = "phc` + `_uh9AB5AqnpXpFfW2Ns7bDGHaofSTLcA7"`, ""},
		{"what is plain of a Secret", "s.yaml", "kind: Secret\nstringData:\n  host: demo-db\n  provider: postgresql\n  issuerUrl: http://hydra.svc:4444/\n  clientSecret: secret\n", ""},
		{"what is not plain of a Secret", "s.yaml", "kind: Secret\nstringData:\n  host: demo-db\n  clientSecret: swordfish\n", "value of a Kubernetes Secret"},

		{"mysql asks", "a.sh", "mysql -u app -p db", ""},
		{"Terraform", "a.tf", "password = random_password.db1.result", ""},
		{"column", "a.sql", "password VARCHAR(255) NOT NULL", ""},
		{"aws of the manual", "a.env", "aws_access_key: AKIAIOSFODNN7EXAMPLE", ""},
		{"variable", ".env", "DB_PASSWORD=${VAULT_PASSWORD}", ""},
		{"template", "a.yaml", "password: {{ .Values.password }}", ""},
		{"angle", "a.ini", "api_token = <your token>", ""},
		{"changeme", ".env", "API_SECRET=changeme-changeme-42", ""},
		{"getenv", "a.go", `password := os.Getenv("DB_PASSWORD")`, ""},
		{"call", "a.py", "token = get_token(session_id=12345678)", ""},
		{"name of a field", "a.go", `const PasswordField = "password_confirmation"`, ""},
		{"label", "a.ts", `passwordLabel: "Enter 8 characters"`, ""},
		{"key id", "a.yaml", "kms_key_id: 555ea4a3-d53a-4412-9c66-3a7cb667b0d6", ""},
		{"public key value", "a.py", `public_key = "` + drawn + `"`, ""},
		{"csrf", "a.html", `<input name="csrf_token" value="` + drawn + `">`, ""},
		{"file", "a.ini", "key_file = /etc/ssl/private/server-2026.pem", ""},
		{"uuid", "a.json", `{"clientId": "73082700-1f09-405b-80d0-3131bfd6272d"}`, ""},
		{"checksum", "a.json", `{"integrity": "sha512-` + strings.Repeat("aB3dE6gH", 8) + `"}`, ""},
		{"hash", "seed.sql", `password: "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy"`, ""},
		{"lock file", "go.sum", github, ""},
		{"local database", "a.yml", "url: postgres://postgres:postgres@localhost/app", ""},
		{"manual address", "a.md", "postgres://user:password@host/db", ""},
		{"part of a longer word", "a.js", "x" + github + "y", ""},
		{"object identifier", "a.go", `const szOID_USER_PASSWORD = "2.16.840.1.113730.3.1.216"`, ""},
		{"test", "a_test.go", `password := "Winter2026!"`, ""},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			got := ""
			for _, l := range leak.Scan(row.path, []byte(row.text)) {
				got = l.Kind
				if l.Line < 1 || l.Col < 1 || l.EndCol <= l.Col {
					t.Errorf("place %d:%d-%d", l.Line, l.Col, l.EndCol)
				}
			}
			if got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

func TestPlace(t *testing.T) {
	found := leak.Scan("a.env", []byte("A=1\nB=2\nTOKEN="+github+"\n"))
	if len(found) != 1 {
		t.Fatalf("found %d", len(found))
	}
	l := found[0]
	if diff := cmp.Diff([]any{3, 7, 7 + len(github), 14, len(github), "ghp_", leak.High}, []any{l.Line, l.Col, l.EndCol, l.Offset, l.Length, l.Prefix, l.Confidence}); diff != "" {
		t.Error(diff)
	}
	if want := "ghp_… (40 characters)"; l.Masked() != want {
		t.Errorf("masked %q, want %q", l.Masked(), want)
	}
}

// TestShownToPeople: what a comment of code quotes, and the key of a search
// that every visitor gets, are information.
func TestShownToPeople(t *testing.T) {
	for _, c := range []struct {
		path, text string
		minor      bool
	}{
		{"a.go", "/* answers\n{\"access_token\": \"" + hex32 + "\"}\n*/", true},
		{"a.go", "// {\"href\":\"https://x.io/o?token=" + hex32 + "\"}", true},
		{"a.go", "/* answers */ x := m{\"access_token\": \"" + hex32 + "\"}", false},
		{"a.go", "// token = \"" + hex32 + "\"", false},
		{"a.yaml", "# token: " + hex32 + "\n", false},
		{"config.ts", "docsearch: { appId: 'X', apiKey: '" + hex32 + "', indexName: 'docs' }", true},
		{"config.ts", "{ appId: 'X', apiKey: '" + hex32 + "' }", false},
		{"config.ts", "{ appId: 'X', adminKey: '" + hex32 + "', indexName: 'docs' }", false},
	} {
		if found := leak.Scan(c.path, []byte(c.text)); len(found) != 1 || found[0].Minor != c.minor {
			t.Errorf("%s: %+v", c.text, found)
		}
	}
}

// A report is handed on: it must not give the value away, nor let it be
// guessed from a hash.
func TestAttackSecretReadFromReport(t *testing.T) {
	for _, text := range []string{"DB_PASSWORD=tr0ub4dor&3", "API_TOKEN=" + github, "SECRET=" + drawn, "x=postgres://a:tr0ub4dor3@h.io/"} {
		for _, l := range leak.Scan(".env", []byte(text)) {
			value := text[l.Offset : l.Offset+l.Length]
			if shown := fmt.Sprintf("%+v %s", l, l.Masked()); strings.Contains(shown, value) {
				t.Errorf("%s is shown: %s", value, shown)
			}
			if len(l.Prefix) > 4 {
				t.Errorf("prefix %q is longer than four", l.Prefix)
			}
			if strings.Contains(value, "tr0ub4dor&3") && l.Hash != "" {
				t.Error("a password that a person chose has a hash")
			}
		}
	}
}

// TestAttackPasswordGuessedFromItsEncoding: base64 of what a person chose looks
// drawn, and can be guessed as well as what it stands for.
func TestAttackPasswordGuessedFromItsEncoding(t *testing.T) {
	encoded := base64.StdEncoding.EncodeToString([]byte("administrator:tr0ub4dor-and-3"))
	for path, text := range map[string]string{
		"a.sh":                "curl -H 'Authorization: Basic " + encoded + "'",
		"a.yaml":              "Authorization: Basic " + encoded,
		"b.env":               "AUTH_TOKEN=\"Basic " + encoded + "\"",
		".docker/config.json": `{"auths":{"r.io":{"auth":"` + encoded + `"}}}`,
		"secret.yaml":         "kind: Secret\ndata:\n  credentials: " + encoded + "\n",
	} {
		if found := leak.Scan(path, []byte(text)); len(found) != 1 || found[0].Hash != "" {
			t.Errorf("%s: %+v", path, found)
		}
	}
}

func jwt(head, claims string) string {
	e := base64.RawURLEncoding.EncodeToString
	return e([]byte(head)) + "." + e([]byte(claims)) + "." + e([]byte("0123456789abcdefghijklmnopqrstuv"))
}

func TestJWT(t *testing.T) {
	const hs = `{"alg":"HS256","typ":"JWT"}`
	rows := []struct {
		name, path, token string
		found, minor      bool
	}{
		{"long-lived", "a.sh", jwt(hs, `{"sub":"svc","iat":1700000000,"exp":2000000000}`), true, false},
		{"hours", "a.sh", jwt(hs, `{"sub":"svc","iat":1700000000,"exp":1700003600}`), true, true},
		{"not signed", "a.sh", jwt(`{"alg":"none"}`, `{"sub":"svc"}`), true, true},
		{"of the manual", "a.sh", jwt(hs, `{"sub":"1234567890","name":"John Doe"}`), false, false},
		{"for everybody", "a.ts", jwt(hs, `{"iss":"supabase","role":"anon","iat":1700000000,"exp":2000000000}`), true, true},
		{"for servers", "a.ts", jwt(hs, `{"iss":"supabase","role":"service_role","iat":1700000000,"exp":2000000000}`), true, false},
		{"in a test", "a_test.go", jwt(hs, `{"sub":"svc"}`), false, false},
	}
	for _, row := range rows {
		found := leak.Scan(row.path, []byte("run "+row.token))
		if (len(found) > 0) != row.found || row.found && found[0].Minor != row.minor {
			t.Errorf("%s: %+v", row.name, found)
		}
	}
	expired := jwt(hs, `{"sub":"svc","exp":1700000000}`)
	if found := leak.Scan("a.sh", []byte("run "+expired)); len(found) != 1 {
		t.Errorf("expired: %+v", found)
	}
}

func TestEncryptedKeyIsMinor(t *testing.T) {
	text := "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIFHDBOBgkqhkiG9w0BBQ0wQTApBgkqhkiG9w0BBQwwHAQI04up8hoqzS1AXKBc\n-----END ENCRYPTED PRIVATE KEY-----"
	found := leak.Scan("a.pem", []byte(text))
	if len(found) != 1 || !found[0].Minor || found[0].Kind != "encrypted private key" {
		t.Errorf("%+v", found)
	}
	for cipher, minor := range map[string]bool{"aes256-ctr": true, "none": false} {
		raw := "openssh-key-v1\x00\x00\x00\x00" + string(rune(len(cipher))) + cipher + "\x00\x00\x00\x06bcrypt\x00\x00\x00\x18" + drawn + hex32
		text := "-----BEGIN OPENSSH PRIVATE KEY-----\n" + base64.StdEncoding.EncodeToString([]byte(raw)) + "\n-----END OPENSSH PRIVATE KEY-----"
		if found := leak.Scan("a.key", []byte(text)); len(found) != 1 || found[0].Minor != minor {
			t.Errorf("%s: %+v", cipher, found)
		}
	}
}

// What others publish, or a test needs, is known to everybody already.
func TestPublicKeysAreMinor(t *testing.T) {
	key := "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA04up8hoqzS1AXKBc7hFuJTc1nRDqvHOz3xj1YxP2RzYBtFqF\n-----END RSA PRIVATE KEY-----"
	for path, minor := range map[string]bool{
		"vendor/a.example/x/keys.go": true, "node_modules/x/key.pem": true, "keys_test_data.go": true, "int-test/key.pem": true, "testapp/main.go": true, "testutil/keys.go": true,
		"caddytest/a.key": true, "integration/tls/a.key": true, "man/app.5": true, "rclone.1": true, "MANUAL.txt": true, "readme.html": true, "app.log.1": false, "passwords.txt": false,
		"samples/a.py": true, "g101Samples.go": true, "test-key.pem": true, "docs/a.pem": true,
		"deploy/key.pem": false, "attestation/key.go": false, "latest/key.pem": false, "contest.go": false, "config/test.env": false, "protest/key.pem": false, "testimony/key.pem": false,
	} {
		found := leak.Scan(path, []byte(key))
		if len(found) != 1 || found[0].Minor != minor {
			t.Errorf("%s: %+v", path, found)
		}
	}
	rust := "fn f() {}\n#[cfg(test)]\nmod tests {\n const T: &str = \"" + github + "\";\n}\n"
	if found := leak.Scan("lib.rs", []byte(rust)); len(found) != 1 || !found[0].Minor {
		t.Errorf("Rust: %+v", found)
	}
}

// A long text is judged in parts, and what stands where two of them meet is
// found once.
func TestScanReader(t *testing.T) {
	line := "DB_PASSWORD=tr0ub4dor&3\nTOKEN=" + github + "\n"
	const seam = 4<<20 + 32<<10 // where the first part ends
	for _, before := range []int{0, 13, 30, 70, 32 << 10} {
		filler := strings.Repeat("#"+strings.Repeat("-", 998)+"\n", seam/1000)
		filler = filler[min(len(filler), before+1000):]
		long := strings.Repeat("\n", seam-before-len(filler)) + filler + line + strings.Repeat("# nothing\n", 500_000) + line
		want := leak.Scan("a.env", []byte(long))
		got, err := leak.ScanReader("a.env", strings.NewReader(long))
		if diff := cmp.Diff(want, got); err != nil || diff != "" || len(got) != 4 || got[0].Offset != seam-before+12 {
			t.Fatalf("%d: %v, %v", before, err, diff)
		}
	}
	if found, err := leak.ScanReader("a.env", strings.NewReader("a\x00"+line)); found != nil || err != nil {
		t.Errorf("binary: %v, %v", found, err)
	}
	if found, err := leak.ScanReader("a.env", io.MultiReader(strings.NewReader(line), iotest.ErrReader(io.ErrClosedPipe))); len(found) != 2 || err == nil {
		t.Errorf("broken: %v, %v", found, err)
	}
}

// PowerShell writes UTF-16, which is not binary.
func TestUTF16(t *testing.T) {
	for name, order := range map[string]binary.AppendByteOrder{"\xFF\xFE": binary.LittleEndian, "\xFE\xFF": binary.BigEndian} {
		text := []byte(name)
		for _, unit := range utf16.Encode([]rune("A=1\r\nTOKEN=" + github + "\r\n")) {
			text = order.AppendUint16(text, unit)
		}
		found, err := leak.ScanReader("a.env", bytes.NewReader(text))
		if diff := cmp.Diff(leak.Scan("a.env", text), found); err != nil || diff != "" || len(found) != 1 || found[0].Line != 2 {
			t.Errorf("%q: %v %+v", name, err, found)
		}
	}
}

// One text must not stop a check, however it is made.
func TestAttackEndlessText(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("password=", 1<<16), strings.Repeat("://a:b@", 1<<16), strings.Repeat("eyJhbGciOi.", 1<<15), strings.Repeat("-----BEGIN RSA PRIVATE KEY-----", 1<<13),
		strings.Repeat("curl -u ", 1<<15), strings.Repeat("AKIA", 1<<16), "token=" + strings.Repeat("a1B", 1<<18), strings.Repeat("[", 1<<16) + "secret name value",
	} {
		leak.Scan("a.yaml", []byte(text))
		leak.Scan("a.json", []byte(text))
	}
}

func FuzzScan(f *testing.F) {
	for _, seed := range []string{`{"outputs":{"a":{"value":"b","sensitive":true}},"resources":[{"type":"random_password","instances":[{}]}]}`, "a:\n  key: b", `{"a":{"Key":"b"}}`, `{"bearer":{"a":"bbbbbbbb"}}`, "npmAuthIdent: x", "password: x", "a://b:c@d", "-----BEGIN PRIVATE KEY-----", jwt("{}", "{}"), "curl -u a:b", "kind: Secret\ndata: {a: b}", "machine a password b", "::::p", "Q~", "T3BlbkFJ", "_mmk", "-us1", ":AA", "|", `{"auth":"`, "token\x00=", "\xff\xfe"} {
		f.Add("a.yaml", []byte(seed))
		f.Add(".netrc", []byte(seed))
		f.Add(".docker/config.json", []byte(seed))
		f.Add("terraform.tfstate", []byte(seed))
		f.Add("auth.json", []byte(seed))
		f.Add("etc/shadow", []byte(seed))
		f.Add(".msmtprc", []byte(seed))
		f.Add(".git-credentials", []byte(seed))
		f.Add("db_password.txt", []byte(seed))
		f.Add(".yarnrc.yml", []byte(seed))
		f.Add("nuget.config", []byte(seed))
	}
	f.Add(".\xff", []byte("0")) // in lower case it is longer
	f.Fuzz(func(t *testing.T, path string, text []byte) {
		end := 0
		for _, l := range leak.Scan(path, text) {
			if l.Offset < end || l.Length < 1 || l.Offset+l.Length > len(text) || l.Line < 1 || l.Col < 1 {
				t.Fatalf("%+v of %d bytes", l, len(text))
			}
			end = l.Offset + l.Length
		}
	})
}

// TestWideTextThatIsTooLong says so: what it did not read may hold secrets.
func TestWideTextThatIsTooLong(t *testing.T) {
	text := io.MultiReader(strings.NewReader("\xff\xfe"), io.LimitReader(wide{}, 22<<20))
	if _, err := leak.ScanReader("a.txt", text); err == nil || !strings.Contains(err.Error(), "UTF-16 of more than 16 MiB") {
		t.Error(err)
	}
}

// wide is a text of one letter in UTF-16.
type wide struct{}

func (wide) Read(p []byte) (int, error) {
	n := len(p) / 2 * 2
	for i := range n {
		p[i] = byte('a' * (1 - i%2))
	}
	return n, nil
}
