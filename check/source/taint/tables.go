package taint

// The tables name functions by import path without major version, and braces
// expand. Operands count from 0, the receiver of a method being 0. A directive
// is a kind with the operands that are its sinks ("+": and all after, "?": one
// degree less sure), or says what comes out of the function.

const sinkTable = `
# SQL
(*database/sql.{DB,Tx}).{Query,QueryRow,Exec,Prepare} sql:1
(*database/sql.{DB,Tx,Conn}).{QueryContext,QueryRowContext,ExecContext,PrepareContext} sql:2
(*github.com/jmoiron/sqlx.{DB,Tx}).{Queryx,QueryRowx,MustExec,NamedExec,NamedQuery,Preparex,PrepareNamed} sql:1
(*github.com/jmoiron/sqlx.{DB,Tx}).{Get,Select} sql:2 fill:stored
(*github.com/jmoiron/sqlx.{DB,Tx,Conn}).{QueryxContext,QueryRowxContext,MustExecContext,NamedExecContext,NamedQueryContext,PreparexContext,PrepareNamedContext} sql:2
(*github.com/jmoiron/sqlx.{DB,Tx,Conn}).{GetContext,SelectContext} sql:3 fill:stored
github.com/jmoiron/sqlx.{Get,Select} sql:2
github.com/jmoiron/sqlx.{NamedExec,NamedQuery,MustExec,Preparex} sql:1
(*github.com/jackc/pgx.{Conn,ConnPool,Tx}).{Query,QueryRow,Exec} sql:2
(*github.com/jackc/pgx.Conn).Prepare sql:3
(*github.com/jackc/pgx.Batch).Queue sql:1
(github.com/jackc/pgx.Tx).{Query,QueryRow,Exec} sql:2
(github.com/jackc/pgx.Tx).Prepare sql:3
(*github.com/jackc/pgx/pgxpool.{Pool,Conn,Tx}).{Query,QueryRow,Exec} sql:2
(*github.com/jackc/pgx/pgconn.PgConn).{Exec,ExecParams} sql:2
(*gorm.io/gorm.DB).{Raw,Exec} sql:1
(*gorm.io/gorm.DB).{Where,Not,Or,Having,Order,Group,Select,Table,Joins,Distinct,Pluck,Clauses} sql:1
(*gorm.io/gorm.DB).{First,Last,Take,Find} sql:2 fill:stored
(*gorm.io/gorm.DB).Delete sql:2
gorm.io/gorm.Expr sql:0
(*github.com/jinzhu/gorm.DB).{Raw,Exec,Where,Not,Or,Having,Order,Group,Select,Table,Joins} sql:1
github.com/jinzhu/gorm.Expr sql:0
(*github.com/uptrace/bun.{DB,Tx,Conn,IDB}).{NewRaw,Query,Exec,QueryRow} sql:1
(*github.com/uptrace/bun.{DB,Tx,Conn}).{QueryContext,ExecContext,QueryRowContext} sql:2
(*github.com/uptrace/bun.{SelectQuery,UpdateQuery,DeleteQuery,InsertQuery}).{Where,WhereOr,ColumnExpr,TableExpr,OrderExpr,GroupExpr,Having,Join,JoinOn,Set,ModelTableExpr,DistinctOn,Returning} sql:1
github.com/uptrace/bun.Safe sql:0
(*github.com/go-pg/pg.{DB,Tx,Conn}).{Exec,ExecOne} sql:1
(*github.com/go-pg/pg.{DB,Tx,Conn}).{Query,QueryOne} sql:2
(*github.com/go-pg/pg/orm.Query).{Where,WhereOr,ColumnExpr,TableExpr,OrderExpr,Having,Join,Set} sql:1
github.com/Masterminds/squirrel.Expr sql:0
(github.com/Masterminds/squirrel.SelectBuilder).{Where,OrderBy,GroupBy,Having,From,Columns,Column,Join,LeftJoin,RightJoin,InnerJoin,Suffix,Prefix,Distinct,Options} sql:1
(github.com/Masterminds/squirrel.{UpdateBuilder,DeleteBuilder}).{Where,OrderBy,Suffix,Prefix,Table,From} sql:1
(github.com/Masterminds/squirrel.InsertBuilder).{Into,Columns,Suffix,Prefix} sql:1
github.com/doug-martin/goqu.{L,Literal} sql:0
(*xorm.io/xorm.{Session,Engine}).{SQL,Where,Query,Exec,QueryString,QueryInterface,OrderBy,And,Or,Having,GroupBy} sql:1
(*entgo.io/ent/dialect/sql.{Selector,UpdateBuilder,DeleteBuilder}).{OrderExpr,Where} sql:1?
entgo.io/ent/dialect/sql.{ExprP,Raw,Expr} sql:0
(*zombiezen.com/go/sqlite.Conn).{Prep,Prepare,PrepareTransient} sql:1
zombiezen.com/go/sqlite/sqlitex.{Execute,ExecuteTransient,ExecuteScript,Exec,ExecTransient} sql:1
(github.com/gocql/gocql.Session).{Query} sql:1
(*github.com/gocql/gocql.Session).{Query} sql:1
(*cloud.google.com/go/bigquery.Client).Query sql:1
cloud.google.com/go/spanner.NewStatement sql:0
# MongoDB
(*go.mongodb.org/mongo-driver/mongo.Collection).{Find,FindOne,DeleteOne,DeleteMany,UpdateOne,UpdateMany,Aggregate,CountDocuments,FindOneAndUpdate} nosql:2
(*go.mongodb.org/mongo-driver/mongo.Database).{RunCommand,Aggregate} nosql:2
(*gopkg.in/mgo.Collection).{Find,Remove,Update,Pipe} nosql:1
# Commands and code
os/exec.Command command:0+
os/exec.CommandContext command:1+
golang.org/x/sys/execabs.Command command:0+
golang.org/x/sys/execabs.CommandContext command:1+
os.StartProcess command:0,1
syscall.{Exec,ForkExec,StartProcess} command:0,1
golang.org/x/sys/unix.Exec command:0,1
plugin.Open command:0
(*github.com/robertkrimen/otto.Otto).{Run,Eval,Compile} command:1
(*github.com/dop251/goja.Runtime).RunString command:1
(*github.com/dop251/goja.Runtime).RunScript command:2
(*github.com/yuin/gopher-lua.LState).DoString command:1
github.com/expr-lang/expr.{Compile,Eval} command:0
github.com/antonmedv/expr.{Compile,Eval} command:0
(*github.com/Knetic/govaluate.EvaluableExpression).Evaluate command:1
github.com/Knetic/govaluate.NewEvaluableExpression command:0
(*golang.org/x/crypto/ssh.Session).{Run,Start,Output,CombinedOutput} command:1
github.com/codeskyblue/go-sh.Command command:0+
# Files
os.{Open,OpenFile,Create,ReadFile,WriteFile,Remove,RemoveAll,Mkdir,MkdirAll,ReadDir,Truncate,Chmod,Chown,Chtimes,DirFS,Lstat,Readlink,NewFile} path:0 none
os.Stat path:0? none
os.{Rename,Link,Symlink} path:0,1 none
os.{CreateTemp,MkdirTemp} path:0,1 none
os.{Chdir,OpenRoot} path:0 none
io/ioutil.{ReadFile,WriteFile,ReadDir} path:0 none
io/ioutil.{TempFile,TempDir} path:0,1 none
path/filepath.{Walk,WalkDir} path:0 none
path/filepath.Glob path:0 none
net/http.ServeFile path:2 none
net/http.ServeFileFS path:3 none
net/http.Dir path:0 none
{html,text}/template.{ParseFiles,ParseGlob} path:0 none
(*{html,text}/template.Template).{ParseFiles,ParseGlob} path:1 none
archive/zip.OpenReader path:0 none
syscall.{Open,Mkdir,Unlink,Rmdir,Rename} path:0 none
(*github.com/gin-gonic/gin.Context).{File,FileAttachment} path:1 none
(*github.com/gin-gonic/gin.Context).SaveUploadedFile path:2 none
(github.com/labstack/echo.Context).{File,Attachment,Inline} path:1 none
(*github.com/gofiber/fiber.Ctx).{SendFile,Download} path:1 none
(*github.com/gofiber/fiber.Ctx).SaveFile path:2 none
(github.com/gofiber/fiber.Ctx).{SendFile,Download} path:1 none
(*github.com/valyala/fasthttp.RequestCtx).SendFile path:1 none
github.com/valyala/fasthttp.ServeFile path:1 none
(github.com/spf13/afero.Fs).{Open,OpenFile,Create,Remove,RemoveAll,MkdirAll} path:1? none
# Outgoing requests
net/http.{Get,Head} ssrf:0 none
net/http.{Post,PostForm} ssrf:0 none
(*net/http.Client).{Get,Head,Post,PostForm} ssrf:1 none
net/http.NewRequest ssrf:1 none
net/http.NewRequestWithContext ssrf:2 none
net.{Dial,DialTimeout} ssrf:1 none
(*net.Dialer).Dial ssrf:2 none
(*net.Dialer).DialContext ssrf:3 none
crypto/tls.Dial ssrf:1 none
net.{LookupHost,LookupIP,LookupAddr} ssrf:0? none
net/http/httputil.NewSingleHostReverseProxy ssrf:0 none
(*net/http/httputil.ProxyRequest).SetURL ssrf:1 none
net/rpc.{Dial,DialHTTP} ssrf:1 none
google.golang.org/grpc.{Dial,NewClient} ssrf:0 none
google.golang.org/grpc.DialContext ssrf:1 none
(*github.com/go-resty/resty.Request).{Get,Post,Put,Delete,Patch,Head} ssrf:1 none
(*github.com/gorilla/websocket.Dialer).{Dial,DialContext} ssrf:1,2 none
(*github.com/valyala/fasthttp.Client).{Get,Post} ssrf:2 none
github.com/valyala/fasthttp.{Get,Post} ssrf:1 none
(*github.com/valyala/fasthttp.Request).SetRequestURI ssrf:1 none
(*github.com/hashicorp/go-retryablehttp.Client).{Get,Post,Head} ssrf:1 none
github.com/hashicorp/go-retryablehttp.NewRequest ssrf:1 none
(*github.com/chromedp/chromedp).Navigate ssrf:0 none
github.com/chromedp/chromedp.Navigate ssrf:0 none
golang.org/x/net/websocket.Dial ssrf:0 none
golang.org/x/net/context/ctxhttp.{Get,Head,Post} ssrf:2 none
(*github.com/imroc/req.{Req,Client}).{Get,Post,Put} ssrf:1 none
# Redirects
net/http.Redirect redirect:2 none
net/http.RedirectHandler redirect:0 none
(*github.com/gin-gonic/gin.Context).Redirect redirect:2 none
(github.com/labstack/echo.Context).Redirect redirect:2 none
(*github.com/gofiber/fiber.Ctx).Redirect redirect:1 none
(*github.com/gofiber/fiber.Redirect).To redirect:1 none
(*github.com/valyala/fasthttp.RequestCtx).Redirect redirect:1 none
(*github.com/beego/beego/server/web.Controller).Redirect redirect:1 none
(*github.com/astaxie/beego.Controller).Redirect redirect:1 none
(*github.com/kataras/iris/context.Context).Redirect redirect:1 none
# HTML whose type says that it is safe is a conversion, not a call; see html.go
(*github.com/gin-gonic/gin.Context).Data xss:3 none
(github.com/labstack/echo.Context).{HTML,HTMLBlob} xss:2 none
(*github.com/valyala/fasthttp.RequestCtx).{WriteString,Write,SetBody,SetBodyString} xss:1 none
(*github.com/beego/beego/server/web/context.Context).WriteString xss:1 none
(*github.com/beego/beego/server/web/context.BeegoOutput).Body xss:1 none
(*github.com/kataras/iris/context.Context).{HTML,WriteString,Writef} xss:1+ none
# Logs
log.{Print,Println,Fatal,Fatalln,Panic,Panicln} log:0+ none
log.{Printf,Fatalf,Panicf} log:0+ none
log.Output log:1 none
fmt.{Print,Printf,Println} secretlog:0+ none
(*log.Logger).{Print,Println,Fatal,Fatalln,Panic,Panicln,Printf,Fatalf,Panicf} log:1+ none
(*log.Logger).Output log:2 none
log/slog.{Debug,Info,Warn,Error} log:0+ none
log/slog.{DebugContext,InfoContext,WarnContext,ErrorContext} log:1+ none
log/slog.{Log,LogAttrs} log:2+ none
(*log/slog.Logger).{Debug,Info,Warn,Error} log:1+ none
(*log/slog.Logger).{DebugContext,InfoContext,WarnContext,ErrorContext} log:2+ none
(*log/slog.Logger).{Log,LogAttrs} log:3+ none
github.com/sirupsen/logrus.{Trace,Debug,Info,Print,Warn,Warning,Error,Fatal,Panic,Tracef,Debugf,Infof,Printf,Warnf,Warningf,Errorf,Fatalf,Panicf,Traceln,Debugln,Infoln,Println,Warnln,Errorln,Fatalln} log:0+ none
(*github.com/sirupsen/logrus.{Logger,Entry}).{Trace,Debug,Info,Print,Warn,Warning,Error,Fatal,Panic,Tracef,Debugf,Infof,Printf,Warnf,Warningf,Errorf,Fatalf,Panicf,Traceln,Debugln,Infoln,Println,Warnln,Errorln,Fatalln} log:1+ none
(github.com/sirupsen/logrus.{FieldLogger,StdLogger,Ext1FieldLogger}).{Debug,Info,Print,Warn,Error,Fatal,Panic,Debugf,Infof,Printf,Warnf,Errorf,Fatalf,Panicf,Debugln,Infoln,Println} log:1+ none
(*go.uber.org/zap.Logger).{Debug,Info,Warn,Error,DPanic,Panic,Fatal} log:1+ none
(*go.uber.org/zap.SugaredLogger).{Debug,Info,Warn,Error,Debugf,Infof,Warnf,Errorf,Fatalf,Panicf,Debugw,Infow,Warnw,Errorw,Fatalw} log:1+ none
(*github.com/rs/zerolog.Event).{Msg,Msgf} log:1+ none
github.com/golang/glog.{Info,Infof,Infoln,Warning,Warningf,Warningln,Error,Errorf,Errorln,Fatal,Fatalf} log:0+ none
k8s.io/klog.{Info,Infof,Infoln,Warning,Warningf,Warningln,Error,Errorf,Errorln,Fatal,Fatalf} log:0+ none
(github.com/go-logr/logr.Logger).{Info,Error} log:1+ none
github.com/rs/zerolog/log.{Print,Printf} log:0+ none
(*log/syslog.Writer).{Info,Warning,Err,Crit,Debug,Notice,Alert,Emerg} log:1 none
(github.com/hashicorp/go-hclog.Logger).{Trace,Debug,Info,Warn,Error} log:1+ none
github.com/apex/log.{Info,Warn,Error,Debug,Infof,Warnf,Errorf,Debugf} log:0+ none
# Templates
(*{html,text}/template.Template).Parse template:1 flow
# Deserialisation
encoding/gob.NewDecoder deserialize:0 flow
encoding/xml.NewDecoder deserialize:0? flow
encoding/xml.Unmarshal deserialize:0?
gopkg.in/yaml.Unmarshal deserialize:0?
github.com/go-yaml/yaml.Unmarshal deserialize:0?
github.com/ghodss/yaml.Unmarshal deserialize:0?
sigs.k8s.io/yaml.Unmarshal deserialize:0?
gopkg.in/yaml.NewDecoder deserialize:0? flow
github.com/vmihailenco/msgpack.Unmarshal deserialize:0?
github.com/nlpodyssey/gopickle/pickle.{Load,Loads} deserialize:0
github.com/hydrogen18/stalecucumber.Unpickle deserialize:0
# Headers and mail
(*net/textproto.Writer).PrintfLine header:1+ none
(*net/textproto.Conn).{PrintfLine,Cmd} header:1+ none
net/smtp.SendMail mail:2,3,4 none
(*net/smtp.Client).{Mail,Rcpt} mail:1 none
(*gopkg.in/gomail.Message).{SetHeader,SetHeaders} mail:1+ none
# Regular expressions and others
regexp.{Compile,MustCompile,CompilePOSIX,MustCompilePOSIX} regexp:0 none
regexp.{MatchString,Match,MatchReader} regexp:0 none
github.com/go-ldap/ldap.NewSearchRequest ldap:0,6 flow
gopkg.in/ldap.NewSearchRequest ldap:0,6 flow
(*github.com/go-ldap/ldap.Conn).{Bind,SimpleBind} ldap:1? none
github.com/antchfx/xpath.{Compile,MustCompile} xpath:0 none
github.com/antchfx/{xmlquery,htmlquery}.{Find,FindOne,QueryAll,Query} xpath:1 none
(*github.com/moovweb/gokogiri/xml.XmlNode).Search xpath:1 none
gopkg.in/xmlpath.{Compile,MustCompile} xpath:0 none
strings.Repeat allocation:1
bytes.Repeat allocation:1
(*encoding/csv.Writer).{Write,WriteAll} csv:1? none
`

const sourceTable = `
# Types whose values come from outside when a function is handed one
type net/http.Request source:request
type github.com/gin-gonic/gin.Context source:request
type github.com/labstack/echo.Context source:request
type github.com/gofiber/fiber.Ctx source:request
type github.com/valyala/fasthttp.RequestCtx source:request
type github.com/valyala/fasthttp.Request source:request
type github.com/kataras/iris/context.Context source:request
type github.com/kataras/iris.Context source:request
type github.com/beego/beego/server/web/context.Context source:request
type github.com/go-chi/chi.Context source:request
type mime/multipart.FileHeader source:request
type mime/multipart.Form source:request
type mime/multipart.Part source:request
type github.com/aws/aws-lambda-go/events.{APIGatewayProxyRequest,APIGatewayV2HTTPRequest,ALBTargetGroupRequest,LambdaFunctionURLRequest} source:request
type github.com/graphql-go/graphql.ResolveParams source:request
type github.com/emicklei/go-restful.Request source:request
type goji.io.Context source:request
type github.com/revel/revel.Controller source:request
type github.com/beego/beego/server/web.Controller source:request
type github.com/astaxie/beego.Controller source:request
type github.com/cloudwego/hertz/pkg/app.RequestContext source:request
# Functions that return what came from outside
(*net/http.Request).{Context,BasicAuth,ProtoAtLeast,ParseForm,ParseMultipartForm,TLS} none
(*net/http.Request).BasicAuth flow
(*net/http.Request).{UserAgent,Referer,Cookie,Cookies,CookiesNamed,FormValue,PostFormValue,PathValue,FormFile,MultipartReader} flow
(*github.com/gin-gonic/gin.Context).{GetString,GetInt,GetBool,Get,MustGet,GetStringMap,Set,Next,Abort,AbortWithStatus,ClientIP,RemoteIP,FullPath,HandlerName,Value,Err,Done,Deadline,Status,IsAborted,Copy,Stream,SSEvent,XML,YAML,ContentType} none
(*github.com/gin-gonic/gin.Context).{JSON,IndentedJSON,AbortWithStatusJSON,PureJSON,SecureJSON,AsciiJSON,SetCookie,AbortWithError,Error} none
(github.com/labstack/echo.Context).{Get,Set,JSON,JSONPretty,JSONBlob,NoContent,RealIP,Logger,Response,Validate,Error,Bind_,Path,String,Blob,XML,Echo,Handler,SetCookie} none
(*github.com/gofiber/fiber.Ctx).{JSON,Locals,Next,IP,Status,Type,Set,Method,SendStatus,Context,UserContext,Path_,Cookie} none
github.com/gorilla/mux.Vars flow
github.com/go-chi/chi.{URLParam} flow
github.com/go-chi/chi.{URLParamFromCtx,RouteContext} source:request
(github.com/julienschmidt/httprouter.Params).ByName source:request
github.com/julienschmidt/httprouter.ParamsFromContext source:request
github.com/gorilla/sessions.GetRegistry none
(github.com/gorilla/sessions.Store).{Get,New} none
(*github.com/gorilla/sessions.CookieStore).{Get,New} none
(*github.com/gorilla/websocket.Conn).{ReadMessage,NextReader} source:request
(*github.com/gorilla/websocket.Conn).ReadJSON fill:request
(*golang.org/x/net/websocket.Conn).Read fill:request
(golang.org/x/net/websocket.Codec).Receive fill:request
(*github.com/coder/websocket.Conn).Read source:request
(*nhooyr.io/websocket.Conn).Read source:request
github.com/coder/websocket/wsjson.Read fill:request
(*github.com/segmentio/kafka-go.Reader).{ReadMessage,FetchMessage} source:remote
(*github.com/nats-io/nats.go.Subscription).NextMsg source:remote
(net.Conn).Read fill:remote
(*net.{TCPConn,UDPConn}).{Read,ReadFrom,ReadFromUDP} fill:remote
# What the operator says
os.{Getenv} source:operator
os.LookupEnv source:operator
os.{Environ} source:operator
os.ExpandEnv source:operator
os.Args source:operator
os.Stdin source:operator
fmt.{Scan,Scanln,Scanf} fill:operator
# Rows
(*database/sql.{Rows,Row}).Scan fill:stored
(*github.com/jmoiron/sqlx.{Rows,Row}).{StructScan,Scan} fill:stored
(github.com/jackc/pgx.{Rows,Row}).Scan fill:stored
(*gorm.io/gorm.DB).Scan fill:stored
`

const cleanTable = `
# Packages of the standard library through which everything flows
pkg strings flow
pkg bytes flow
pkg fmt flow
pkg path flow
pkg path/filepath flow
pkg net/url flow
pkg bufio flow
pkg io flow
pkg io/ioutil flow
pkg encoding/json flow
pkg encoding/xml flow
pkg encoding/base64 flow
pkg encoding/csv flow
pkg encoding/gob flow
pkg encoding/binary flow
pkg encoding/hex flow
pkg text/template flow
pkg text/tabwriter flow
pkg html flow
pkg mime flow
pkg mime/multipart flow
pkg mime/quotedprintable flow
pkg net/textproto flow
pkg net/mail flow
pkg net/http flow
pkg slices flow
pkg maps flow
pkg sort flow
pkg regexp flow
pkg strconv flow
pkg errors flow
pkg os/exec flow
pkg iter flow
pkg archive/zip none
pkg archive/tar none
pkg compress/gzip flow
pkg compress/zlib flow
pkg compress/flate flow
pkg compress/bzip2 flow
pkg container/list flow
pkg reflect flow
pkg sync flow
pkg sync/atomic flow
pkg unsafe flow
pkg log/slog flow
pkg unicode/utf8 flow
pkg golang.org/x/exp/slices flow
pkg golang.org/x/exp/maps flow
pkg gopkg.in/yaml flow
pkg github.com/pkg/errors flow
pkg github.com/json-iterator/go flow
pkg github.com/goccy/go-json flow
pkg github.com/bytedance/sonic flow
pkg github.com/samber/lo flow
pkg html/template none
pkg crypto none
pkg crypto/... none
pkg hash/... none
pkg math none
pkg math/... none
pkg time none
pkg context none
pkg net none
pkg net/netip none
pkg os none
pkg os/signal none
pkg os/user none
pkg runtime none
pkg runtime/... none
pkg testing none
pkg testing/... none
pkg unicode none
pkg log none
pkg syscall none
pkg embed none
pkg io/fs none
pkg debug/... none
pkg go/... none
pkg expvar none
pkg flag none
pkg plugin none
pkg image none
pkg image/... none
pkg net/rpc none
pkg net/smtp none
pkg net/http/httptest none
pkg net/http/pprof none
pkg database/sql none
pkg database/sql/driver none
pkg golang.org/x/crypto/... none
pkg golang.org/x/sync/... none
pkg golang.org/x/time/... none
pkg golang.org/x/tools/... none
pkg github.com/google/uuid none
pkg github.com/gofrs/uuid none
pkg github.com/shopspring/decimal none
pkg gorm.io/gorm none
pkg github.com/jmoiron/sqlx none
pkg github.com/jackc/pgx none
pkg github.com/jackc/pgx/... none
pkg github.com/redis/go-redis none
pkg github.com/golang-jwt/jwt none
pkg go.uber.org/zap none
pkg github.com/sirupsen/logrus none
pkg github.com/prometheus/... none
pkg go.opentelemetry.io/... none
pkg google.golang.org/grpc none
pkg google.golang.org/grpc/... none
pkg github.com/spf13/cobra none
pkg github.com/spf13/pflag none
pkg github.com/stretchr/... none
pkg github.com/go-playground/validator none
# Cleaners
html.EscapeString clean:xss,html
{html,text}/template.{HTMLEscapeString,HTMLEscaper,JSEscapeString,JSEscaper} clean:xss,html
{html,text}/template.URLQueryEscaper clean:xss,html,redirect,ssrf,path,header,log,mail
net/url.QueryEscape clean:xss,html,redirect,ssrf,path,zip,header,log,mail,sql,command,ldap,xpath
net/url.PathEscape clean:xss,html,redirect,ssrf,path,zip,header,log,mail
(net/url.Values).Encode clean:xss,html,redirect,ssrf,path,header,log,mail,sql
(*net/url.URL).{Port,Scheme} none
strconv.{Quote,QuoteToASCII} clean:log,header,mail
strconv.{Itoa,FormatInt,FormatUint,FormatFloat,FormatBool} clean:all
strconv.{Atoi,ParseInt,ParseUint,ParseFloat,ParseBool} check:all
path/filepath.Base clean:path,zip
path.Base clean:path,zip
path/filepath.{IsLocal} check:path,zip
path/filepath.Localize clean:path,zip
path/filepath.Ext clean:path,zip
path.Ext clean:path,zip
path/filepath.{Match,IsAbs,VolumeName} none
encoding/json.{Marshal,MarshalIndent} clean:xss,html,log,header,mail
encoding/hex.{EncodeToString,Dump} clean:all
(*encoding/base64.Encoding).{EncodeToString,AppendEncode} clean:all
(*encoding/json.Encoder).Encode clean:xss,html,log
github.com/lib/pq.{QuoteIdentifier,QuoteLiteral} clean:sql
(github.com/jackc/pgx.Identifier).Sanitize clean:sql
(*database/sql.DB).{Begin,BeginTx,Conn,Ping,Close} none
regexp.QuoteMeta clean:regexp
mime.{QEncoding,BEncoding} clean:mail,header
(mime.WordEncoder).Encode clean:mail,header
net/mail.{ParseAddress,ParseAddressList} clean:mail,header,log,path
(*net/mail.Address).String clean:mail,header,log
net.ParseIP none
net.{ParseCIDR,ResolveIPAddr} check:all none
net/netip.{ParseAddr,ParseAddrPort,ParsePrefix} check:sql,command,path,zip,xss,html,log,header,mail,redirect none
time.{Parse,ParseInLocation,ParseDuration} check:all none
github.com/google/uuid.{Parse,MustParse,Validate} check:all none
github.com/gofrs/uuid.FromString check:all none
(*github.com/microcosm-cc/bluemonday.Policy).{Sanitize,SanitizeBytes,SanitizeReader} clean:xss,html
github.com/alessio/shellescape.{Quote,QuoteCommand} clean:command
al.essio.dev/pkg/shellescape.{Quote,QuoteCommand} clean:command
github.com/go-ldap/ldap.{EscapeFilter,EscapeDN} clean:ldap
gopkg.in/ldap.EscapeFilter clean:ldap
github.com/cyphar/filepath-securejoin.{SecureJoin} clean:path,zip
github.com/merlon-go/merlon/hosts.LocalRedirect clean:redirect,ssrf
github.com/merlon-go/merlon/hosts.SafeRedirect check:redirect,ssrf
# Names of files that are not an attacker's
(io/fs.{DirEntry,FileInfo}).Name none
(os.FileInfo).Name none
io.LimitReader flow
net/http.MaxBytesReader flow
net/http.{Error,NotFound,SetCookie,StatusText,DetectContentType,CanonicalHeaderKey,HandlerFunc,Handle,HandleFunc,StripPrefix,TimeoutHandler,ListenAndServe,ListenAndServeTLS,ReadResponse,NewServeMux,FileServer} none
net/http.ServeContent none
(*net/http.ServeMux).{Handle,HandleFunc,ServeHTTP,Handler} none
(net/http.{Handler,HandlerFunc}).ServeHTTP none
(*net/http.Server).{Serve,ListenAndServe,Shutdown} none
(net/http.ResponseWriter).{Header,WriteHeader} none
errors.{Is,As} none
os/exec.LookPath none
strings.{Compare,Count,EqualFold,Contains,ContainsAny,HasPrefix,HasSuffix,Index} none
sort.{Strings,Slice,SliceStable,Sort,Ints} none
log/slog.{New,Default,With,SetDefault,NewTextHandler,NewJSONHandler} none
(*log/slog.Logger).{With,WithGroup} none
`

// specialTable names the functions that special.go describes in Go.
const specialTable = `
fmt.{Sprintf,Sprint,Sprintln,Errorf,Append,Appendf,Appendln,Fprint,Fprintf,Fprintln,Sscan,Sscanf,Sscanln,Fscan,Fscanf,Fscanln}
io.{WriteString,Copy,CopyN,CopyBuffer}
strings.{ReplaceAll,Replace,NewReplacer,Map,Repeat_}
(*strings.Replacer).Replace
(*regexp.Regexp).{ReplaceAllString,ReplaceAllLiteralString,ReplaceAll,ReplaceAllStringFunc}
path/filepath.{Clean,Join,Abs,Rel,EvalSymlinks}
path.{Clean,Join}
net/url.{Parse,ParseRequestURI,JoinPath}
(*net/url.URL).{String,RequestURI,EscapedPath}
(*text/template.Template).{Execute,ExecuteTemplate}
(*html/template.Template).{Execute,ExecuteTemplate}
(net/http.Header).{Set,Add}
(*github.com/gin-gonic/gin.Context).Header
(*net/http.Client).Do
net/http.Header.Get
(*strings.Builder).{String,Len,Grow}
(error).Error
context.WithValue
(context.Context).Value
(*net/http.Request).{WithContext,Clone}
`
