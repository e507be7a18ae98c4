package hardcodedsecret

import (
	"go/ast"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"github.com/merlon-go/merlon/check/source/code"
)

// keys are the functions that take a key, a password or a token, with its
// argument; "?" begins methods of what has no known type.
var keys = map[string]int{
	"crypto/hmac.New": 1, "crypto/aes.NewCipher": 0, "golang.org/x/crypto/chacha20poly1305.New": 0, "golang.org/x/crypto/chacha20poly1305.NewX": 0,
	"github.com/gorilla/sessions.NewCookieStore": 0, "github.com/gorilla/sessions.NewFilesystemStore": 1, "github.com/gorilla/csrf.Protect": 0,
	"github.com/gorilla/securecookie.New": 0, "github.com/gin-contrib/sessions/cookie.NewStore": 0, "github.com/gin-contrib/sessions/redis.NewStore": 3,
	"github.com/golang-jwt/jwt.Token.SignedString": 0, "github.com/dgrijalva/jwt-go.Token.SignedString": 0, "github.com/form3tech-oss/jwt-go.Token.SignedString": 0,
	"github.com/kataras/iris/middleware/jwt.NewSigner": 1, "github.com/kataras/iris/middleware/jwt.NewVerifier": 1, "github.com/kataras/jwt.NewSigner": 1,
	"?.SignedString": 0, "github.com/go-chi/jwtauth.New": 1, "github.com/labstack/echo-jwt.JWT": 0, "github.com/labstack/echo/middleware.JWT": 0,
	"net/http.Request.SetBasicAuth": 1, "github.com/go-resty/resty.Request.SetBasicAuth": 1, "github.com/go-resty/resty.Client.SetBasicAuth": 1,
	"github.com/go-resty/resty.Request.SetAuthToken": 0, "github.com/go-resty/resty.Client.SetAuthToken": 0, "?.SetBasicAuth": 1,
	"net/smtp.PlainAuth": 2, "net/smtp.CRAMMD5Auth": 1, "net/url.UserPassword": 1, "golang.org/x/crypto/ssh.Password": 0,
	"gopkg.in/gomail.NewDialer": 3, "gopkg.in/gomail.NewPlainDialer": 3, "github.com/go-gomail/gomail.NewDialer": 3, "gopkg.in/mail.NewDialer": 3,
	"github.com/go-ldap/ldap.Conn.Bind": 1, "github.com/jlaffaye/ftp.ServerConn.Login": 1,
	"github.com/aws/aws-sdk-go/aws/credentials.NewStaticCredentials": 1, "github.com/aws/aws-sdk-go-v2/credentials.NewStaticCredentialsProvider": 1,
	"github.com/minio/minio-go/pkg/credentials.NewStaticV4": 1, "github.com/minio/minio-go/pkg/credentials.NewStaticV2": 1,
	"github.com/nats-io/nats.go.UserInfo": 1, "github.com/nats-io/nats.go.Token": 0, "github.com/uptrace/bun/driver/pgdriver.WithPassword": 0,
	"github.com/sendgrid/sendgrid-go.NewSendClient": 0, "github.com/slack-go/slack.New": 0,
}

// connects are the functions that take the address of a database, a broker or
// a mail server, in which its password may stand.
var connects = map[string]int{
	"database/sql.Open": 1, "github.com/jmoiron/sqlx.Open": 1, "github.com/jmoiron/sqlx.MustOpen": 1, "github.com/jmoiron/sqlx.Connect": 1,
	"github.com/jmoiron/sqlx.MustConnect": 1, "github.com/jmoiron/sqlx.ConnectContext": 2, "github.com/jinzhu/gorm.Open": 1,
	"gorm.io/driver/mysql.Open": 0, "gorm.io/driver/postgres.Open": 0, "gorm.io/driver/sqlserver.Open": 0, "gorm.io/driver/clickhouse.Open": 0,
	"github.com/jackc/pgx.Connect": 1, "github.com/jackc/pgx.ParseConfig": 0, "github.com/jackc/pgx/pgxpool.New": 1, "github.com/jackc/pgx/pgxpool.Connect": 1,
	"github.com/jackc/pgx/pgxpool.ParseConfig": 0, "github.com/jackc/pgconn.Connect": 1, "github.com/lib/pq.Open": 0, "github.com/lib/pq.NewConnector": 0,
	"github.com/lib/pq.ParseURL": 0, "github.com/go-pg/pg.ParseURL": 0, "github.com/go-sql-driver/mysql.ParseDSN": 0, "github.com/uptrace/bun/driver/pgdriver.WithDSN": 0,
	"xorm.io/xorm.NewEngine": 1, "github.com/go-xorm/xorm.NewEngine": 1, "entgo.io/ent/dialect/sql.Open": 1, "github.com/astaxie/beego/orm.RegisterDataBase": 2,
	"github.com/beego/beego/client/orm.RegisterDataBase": 2, "github.com/redis/go-redis.ParseURL": 0, "github.com/go-redis/redis.ParseURL": 0,
	"github.com/gomodule/redigo/redis.DialURL": 0, "go.mongodb.org/mongo-driver/mongo/options.ClientOptions.ApplyURI": 0, "?.ApplyURI": 0,
	"github.com/rabbitmq/amqp091-go.Dial": 0, "github.com/streadway/amqp.Dial": 0, "github.com/nats-io/nats.go.Connect": 0,
}

// fields are the fields of clients' settings that hold their password: whatever
// stands there is it.
var fields = map[string][]string{
	"github.com/go-sql-driver/mysql.Config": {"Passwd"},
	"github.com/go-pg/pg.Options":           {"Password"}, "github.com/lib/pg.Options": {"Password"}, "gopkg.in/pg.Options": {"Password"},
	"github.com/redis/go-redis.Options": {"Password"}, "github.com/redis/go-redis.UniversalOptions": {"Password", "SentinelPassword"},
	"github.com/redis/go-redis.ClusterOptions": {"Password"}, "github.com/redis/go-redis.FailoverOptions": {"Password", "SentinelPassword"},
	"github.com/go-redis/redis.Options": {"Password"}, "github.com/go-redis/redis.UniversalOptions": {"Password"}, "github.com/go-redis/redis.ClusterOptions": {"Password"},
	"github.com/jackc/pgx/pgconn.Config": {"Password"}, "github.com/jackc/pgx.ConnConfig": {"Password"}, "github.com/jackc/pgconn.Config": {"Password"},
	"go.mongodb.org/mongo-driver/mongo/options.Credential": {"Password"}, "github.com/gocql/gocql.PasswordAuthenticator": {"Password"},
	"gopkg.in/mgo.DialInfo": {"Password"}, "github.com/globalsign/mgo.DialInfo": {"Password"}, "github.com/ClickHouse/clickhouse-go.Auth": {"Password"},
	"github.com/elastic/go-elasticsearch.Config": {"Password", "APIKey"}, "github.com/segmentio/kafka-go/sasl/plain.Mechanism": {"Password"},
	"github.com/rabbitmq/amqp091-go.PlainAuth": {"Password"}, "golang.org/x/oauth2.Config": {"ClientSecret"}, "golang.org/x/oauth2.Token": {"AccessToken", "RefreshToken"},
	"golang.org/x/oauth2/clientcredentials.Config": {"ClientSecret"},
	"github.com/labstack/echo-jwt.Config":          {"SigningKey"}, "github.com/gofiber/contrib/jwt.SigningKey": {"Key"}, "github.com/appleboy/gin-jwt.GinJWTMiddleware": {"Key"},
}

// uses reports texts that are given to what needs a credential, whatever they
// are called and however little they look like one.
func (s *scan) uses() {
	s.read.AllCalls(func(call *code.Call) {
		name := plain(call.Name)
		if n, ok := keys[name]; ok {
			s.key(call, call.Arg(n), code.Last(call.Fun))
		}
		if n, ok := connects[name]; ok {
			s.connection(call, call.Arg(n))
		}
		s.pairs(call)
		s.parameters(call)
	})
	s.read.AllLiterals(func(name string, lit *code.Literal) {
		name = plain(name)
		for _, field := range fields[name] {
			s.setting(lit.In, field, code.Field(lit.CompositeLit, field))
		}
		if name == "github.com/gin-gonic/gin.Accounts" {
			for _, e := range lit.Elts {
				if kv, ok := e.(*ast.KeyValueExpr); ok {
					s.setting(lit.In, "an account", kv.Value)
				}
			}
		}
	})
	s.read.AllSets(func(name string, set *code.Set) {
		if dot := strings.LastIndexByte(name, '.'); dot > 0 && slices.Contains(fields[plain(name[:dot])], name[dot+1:]) {
			s.setting(set.In, name[dot+1:], set.Right)
		}
	})
	s.keyFunctions()
}

// plain returns a full name without major versions inside its path.
func plain(name string) string {
	if !strings.Contains(name, "/v") {
		return name
	}
	return majorVersion.ReplaceAllString(name, "$1")
}

var majorVersion = regexp.MustCompile(`/v[0-9]+([/.])`)

// sureness is the category of a text that is a credential by where it stands:
// the words that people begin with may yet be changed before it counts.
func sureness(text string) string {
	if placeholder(text) || common(text) || len(text) < 4 {
		return "warning medium secret"
	}
	return "high secret"
}

// constant returns the text that an expression always is; "" if that is not
// known or nothing.
func (s *scan) constant(in *code.Func, e ast.Expr) string {
	text := s.text(in, e, 0)
	if strings.Contains(text, hole) || unset.MatchString(text) {
		return ""
	}
	return text
}

// unset are texts that somebody is to replace, or that have replaced a secret.
var unset = regexp.MustCompile(`(?i)^(x+|-+|\.+|.*redacted.*|masked|hidden|<.*>|\$\{.*\}|\{\{.*\}\}|\$[A-Z_]+|%[a-z]|\*+|)$`)

func (s *scan) key(call *code.Call, arg ast.Expr, name string) {
	if text := s.constant(call.In, arg); text != "" {
		s.report(arg, sureness(text), "the key of %s is a constant", name)
		s.made(arg, sureness(text))
	}
}

// made reports the literal that a credential's variable was set to.
func (s *scan) made(e ast.Expr, category string) {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return
	}
	if lit := s.definition(id); lit != nil {
		s.report(lit, category, "%s has its value in the code", id.Name)
	}
}

func (s *scan) setting(in *code.Func, name string, value ast.Expr) {
	if value == nil {
		return
	}
	if text := s.constant(in, value); text != "" {
		s.report(value, sureness(text), "%s has its value in the code", name)
		s.made(value, sureness(text))
	}
}

// connection reports a password in an address.
func (s *scan) connection(call *code.Call, arg ast.Expr) {
	if arg == nil {
		return
	}
	text := s.text(call.In, arg, 0)
	for _, re := range []*regexp.Regexp{inURL, inMySQL, inPairs} {
		m := re.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		if password := strings.Trim(m[1], "'"); !strings.Contains(password, hole) && !unset.MatchString(password) {
			s.report(arg, sureness(password), "the address given to %s holds a password", code.Last(call.Fun))
			if !strings.Contains(text, hole) && s.constant(call.In, arg) == text {
				s.made(arg, sureness(password))
			}
		}
		return
	}
}

var (
	inURL   = regexp.MustCompile(`^[a-z][a-z0-9+]*://[^:/@\s]*:([^@\s]+)@`)
	inMySQL = regexp.MustCompile(`^[^:/@\s]+:([^@\s]+)@(?:[a-z0-9]*\(|/)`)
	inPairs = regexp.MustCompile(`(?i)(?:^|[\s;])(?:password|pwd)\s*=\s*('[^']*'|[^\s;]+)`)
)

// pairs reports calls that name a secret and give its value: a default of a
// setting, a header of a request.
func (s *scan) pairs(call *code.Call) {
	for i := range len(call.Args) - 1 {
		lit, ok := call.Args[i].(*ast.BasicLit)
		if !ok {
			if text, known := s.read.String(call.Args[i]); known && credentialHeader.MatchString(text) {
				s.header(text, call.Args[i+1])
			}
			continue
		}
		name, _ := s.read.String(lit)
		if credentialHeader.MatchString(name) {
			s.header(name, call.Args[i+1])
			continue
		}
		value, ok := call.Args[i+1].(*ast.BasicLit)
		if !ok || !secretName(name) || strings.ContainsAny(name, " %:/") {
			continue
		}
		if text, ok := s.read.String(value); ok && judge(name, text) == sure && mixed(text) {
			s.report(value, "warning medium secret", "%s has its value in the code", name)
		}
	}
}

// askedFor are the names of parameters that take a secret and nothing that is
// only about one, as a token or a key may be.
var askedFor = []string{"password", "passwd", "passphrase", "secret", "signing key", "hmac key", "jwt key", "encryption key", "api key", "apikey", "auth key"}

// parameters reports literals given to a parameter that is named like a secret,
// whichever package declares the function.
func (s *scan) parameters(call *code.Call) {
	sig, ok := s.read.Type(call.Fun).(*types.Signature)
	if !ok {
		return
	}
	for i := range min(sig.Params().Len(), len(call.Args)) {
		name := sig.Params().At(i).Name()
		if name == "" || !code.Mentions(name, askedFor...) || !secretName(name) {
			continue
		}
		arg := ast.Unparen(call.Args[i])
		if conv, ok := arg.(*ast.CallExpr); ok && isBytes(conv) {
			arg = conv.Args[0]
		}
		lit, ok := arg.(*ast.BasicLit)
		if !ok {
			continue
		}
		text, _ := s.read.String(lit)
		v := judge(name, text)
		if v == no && ofTokens.MatchString(call.Name) && text != "" && !unset.MatchString(text) && !looksLikeName(text) {
			v = likely
		}
		s.valued(name, lit, v)
	}
}

// ofTokens are the names of functions and packages that sign or encrypt with
// what they are given, however short it is.
var ofTokens = regexp.MustCompile(`(?i)jwt|hmac|cipher|encrypt|securecookie`)

// credentialHeader are the headers that carry a credential.
var credentialHeader = regexp.MustCompile(`(?i)^((proxy-)?authorization|x-(api|auth|access)-?(key|token)|api-?key|private-token|x-amz-security-token|x-vault-token)$`)

// header reports a constant that is given to a header that carries a
// credential.
func (s *scan) header(name string, value ast.Expr) {
	text, ok := s.read.String(value)
	if !ok {
		return
	}
	if m := scheme.FindStringSubmatch(text); m != nil {
		text = m[1]
	} else if strings.EqualFold(name, "authorization") && !mixed(text) {
		return
	}
	if len(text) >= 8 && mixed(text) && !placeholder(text) && !looksLikeName(text) && !strings.ContainsAny(text, " \t\n<>{}%") {
		s.report(value, "high secret", "%s has its value in the code", name)
	}
}

var scheme = regexp.MustCompile(`^(?i:bearer|basic|token|apikey|key):? +(\S+)$`)

// keyFunctions reports functions that hand a constant to a verifier of tokens
// as its key.
func (s *scan) keyFunctions() {
	for _, f := range s.read.Files() {
		ast.Inspect(f.File, func(n ast.Node) bool {
			var t *ast.FuncType
			var body *ast.BlockStmt
			switch n := n.(type) {
			case *ast.FuncDecl:
				t, body = n.Type, n.Body
			case *ast.FuncLit:
				t, body = n.Type, n.Body
			}
			if body == nil || len(t.Params.List) != 1 || t.Results == nil || !strings.HasSuffix(s.read.Name(f, t.Params.List[0].Type), "jwt.Token") &&
				!strings.HasSuffix(s.read.Name(f, t.Params.List[0].Type), "jwt-go.Token") {
				return true
			}
			ast.Inspect(body, func(n ast.Node) bool {
				if ret, ok := n.(*ast.ReturnStmt); ok && len(ret.Results) == 2 && !ofJWT(s.read.Name(f, ret.Results[0])) {
					if text := s.constant(nil, ret.Results[0]); text != "" {
						s.report(ret.Results[0], sureness(text), "the key that tokens are verified with is a constant")
						s.made(ret.Results[0], sureness(text))
					}
				}
				return true
			})
			return true
		})
	}
}

// ofJWT reports whether a name is one of the constants that packages for
// tokens declare, which are no keys.
func ofJWT(name string) bool {
	dot := strings.LastIndexByte(name, '.')
	return dot > 0 && (strings.HasSuffix(name[:dot], "/jwt") || strings.HasSuffix(name[:dot], "/jwt-go"))
}
