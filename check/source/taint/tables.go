package taint

// The tables name functions by import path without major version, and braces
// expand. Operands count from 0, the receiver of a method being 0. A directive
// is a kind with the operands that are its sinks ("+": and all after, "?": one
// degree less sure), or says what comes out of the function.

const sinkTable = `
# Commands and code
os/exec.Command command:0+
os/exec.CommandContext command:1+
golang.org/x/sys/execabs.Command command:0+
golang.org/x/sys/execabs.CommandContext command:1+
os.StartProcess command:0,1
syscall.{Exec,ForkExec,StartProcess} command:0,1
golang.org/x/sys/unix.Exec command:0,1
plugin.Open command:0
(*github.com/robertkrimen/otto.Otto).{Run,Eval,Call,Object} command:1
(*github.com/robertkrimen/otto.Otto).Compile command:2
(*rogchap.com/v8go.Context).RunScript command:1
(*github.com/rogchap/v8go.Context).RunScript command:1
(*github.com/traefik/yaegi/interp.Interpreter).{Eval,EvalWithContext,Compile} command:s1
github.com/d5/tengo.{NewScript,Eval} command:s1
(*github.com/d5/tengo/script.Script).Run none
go.starlark.net/starlark.{Eval,ExecFile} command:2
github.com/mattn/anko/vm.Execute command:2
(*github.com/dop251/goja.Runtime).RunString command:1
(*github.com/dop251/goja.Runtime).RunScript command:2
(*github.com/yuin/gopher-lua.LState).DoString command:1
github.com/expr-lang/expr.{Compile,Eval} command:0
github.com/antonmedv/expr.{Compile,Eval} command:0
(*github.com/Knetic/govaluate.EvaluableExpression).Evaluate command:1
github.com/Knetic/govaluate.NewEvaluableExpression command:0
(*golang.org/x/crypto/ssh.Session).{Run,Start,Output,CombinedOutput} command:1
(*github.com/melbahja/goph.Client).{Run,RunContext,Command,CommandContext} command:s1
github.com/codeskyblue/go-sh.Command command:0+
(*github.com/codeskyblue/go-sh.Session).{Command,Call} command:1+
github.com/codeskyblue/go-sh.Call command:0+
github.com/go-cmd/cmd.{NewCmd,NewCmdOptions} command:s1
github.com/bitfield/script.Exec command:0
(*github.com/bitfield/script.Pipe).{Exec,ExecForEach} command:1
# Files
os.{Open,OpenFile,Create,OpenInRoot,CopyFS,Lchown,ReadFile,WriteFile,Remove,RemoveAll,Mkdir,MkdirAll,ReadDir,Truncate,Chmod,Chown,Chtimes,DirFS,Lstat,Readlink,NewFile} path:0 none
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
(github.com/spf13/afero.Fs).{Open,OpenFile,Create,Remove,RemoveAll,MkdirAll} path:1? none
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
(*{gopkg.in/gomail,github.com/go-gomail/gomail,gopkg.in/mail}.Message).{SetHeader,SetHeaders,SetAddressHeader} mail:1+ none
(*{gopkg.in/gomail,github.com/go-gomail/gomail,gopkg.in/mail}.Message).{SetBody,AddAlternative} mail:2? none
github.com/sendgrid/sendgrid-go/helpers/mail.NewSingleEmail mail:1,3,4
github.com/sendgrid/sendgrid-go/helpers/mail.NewSingleEmailPlainText mail:1,3
github.com/sendgrid/sendgrid-go/helpers/mail.NewV3MailInit mail:1,3+
github.com/sendgrid/sendgrid-go/helpers/mail.NewContent flow
(*github.com/sendgrid/sendgrid-go/helpers/mail.SGMailV3).AddContent mail:1+
field github.com/sendgrid/sendgrid-go/helpers/mail.{SGMailV3.Subject,Content.Value,Personalization.Subject} mail:?
({*,}github.com/mailgun/mailgun-go.{Mailgun,MailgunImpl,Client}).NewMessage mail:2,3
github.com/mailgun/mailgun-go.NewMessage mail:s2,s3
(*github.com/mailgun/mailgun-go.{Message,CommonMessage,PlainMessage}).{SetHtml,SetHTML,SetSubject} mail:1?
field github.com/jordan-wright/email.Email.{Subject,From,To,Cc,Bcc} mail
field github.com/aws/aws-sdk-go{,-v2}/service/ses{,/types}.Content.Data mail:?
# Regular expressions and others
regexp.{Compile,MustCompile,CompilePOSIX,MustCompilePOSIX} regexp:0 none
regexp.{MatchString,Match,MatchReader} regexp:0 none
github.com/go-ldap/ldap.NewSearchRequest ldap:0,6 flow
gopkg.in/ldap.NewSearchRequest ldap:0,6 flow
(*github.com/go-ldap/ldap.Conn).{Bind,SimpleBind} ldap:1? none
github.com/antchfx/xpath.{Compile,MustCompile} xpath:0 none
github.com/antchfx/xpath.Select xpath:1 none
github.com/antchfx/{xmlquery,htmlquery,jsonquery}.{Find,FindOne,FindEach,FindEachWithBreak,QueryAll,Query} xpath:1 none
(*github.com/antchfx/{xmlquery,htmlquery,jsonquery}.Node).{SelectElement,SelectElements} xpath:1 none
({*,}github.com/{moovweb,jbowtie}/gokogiri/xml.{Node,XmlNode,ElementNode}).{Search,SearchWithVariables,EvalXPath,SearchByDeadline} xpath:1 none
github.com/{moovweb,jbowtie}/gokogiri/xpath.Compile xpath:0 none
{gopkg.in/xmlpath,gopkg.in/go-xmlpath/xmlpath,github.com/go-xmlpath/xmlpath,github.com/masterzen/xmlpath}.{Compile,MustCompile} xpath:0 none
github.com/ChrisTrenkamp/goxpath.{MustParse,Parse,ParseExec} xpath:0 none
github.com/santhosh-tekuri/xpathparser.{Parse,MustParse} xpath:0 none
({*,}github.com/lestrrat-go/libxml2/{parser,xpath,types}.{Parser,Context,XPathExpression,Node}).{Find,FindValue,Evaluate} xpath:1 none
github.com/lestrrat-go/libxml2/xpath.{NewExpression,Find} xpath:s1 none
github.com/beevik/etree.{CompilePath,MustCompilePath} xpath:0 none
(*github.com/beevik/etree.{Element,Document}).{FindElement,FindElements} xpath:1 none
strings.Repeat allocation:1
bytes.Repeat allocation:1
(*encoding/csv.Writer).{Write,WriteAll} csv:1? none
`

const sourceTable = `
# Types whose values come from outside when a function is handed one
type net/http.Request source:request
type github.com/gin-gonic/gin.{Context,Params} source:request
type github.com/labstack/echo.Context source:request
type github.com/gofiber/fiber.{Ctx,DefaultCtx} source:request
type github.com/valyala/fasthttp.{RequestCtx,Request,Args} source:request
type github.com/kataras/iris{,/context}.Context source:request
type github.com/{astaxie/beego,beego/beego,beego/beego/server/web,beego/beego/adapter}/context.{Context,BeegoInput} source:request
type github.com/{astaxie/beego,beego/beego,beego/beego/server/web,beego/beego/adapter}.Controller source:request
type github.com/{revel/revel,robfig/revel}.{Controller,Params,Request} source:request
type github.com/gobuffalo/buffalo.{Context,DefaultContext} source:request
type {gopkg.in/macaron,github.com/go-macaron/macaron,gitea.com/macaron/macaron}.{Context,Request} source:request
type github.com/{go-martini,codegangsta}/martini.Params source:request
type github.com/julienschmidt/httprouter.Params source:request
type github.com/zenazn/goji/web.C source:request
type github.com/gocraft/web.Request source:request
type {clevergo.tech/clevergo,github.com/clevergo/clevergo}.{Context,Params} source:request
type github.com/go-chi/chi.Context source:request
type github.com/emicklei/go-restful.Request source:request
type github.com/cloudwego/hertz/pkg/app.RequestContext source:request
type github.com/gogf/gf/net/ghttp.Request source:request
type github.com/go-kratos/kratos/transport/http.Context source:request
type github.com/graphql-go/graphql.ResolveParams source:request
type goji.io.Context source:request
type github.com/deluan/rest.QueryOptions source:request
type mime/multipart.{FileHeader,Form,Part} source:request
type github.com/aws/aws-lambda-go/events.{APIGatewayProxyRequest,APIGatewayV2HTTPRequest,APIGatewayWebsocketProxyRequest,APIGatewayCustomAuthorizerRequest,APIGatewayCustomAuthorizerRequestTypeRequest,APIGatewayV2CustomAuthorizerV1Request,APIGatewayV2CustomAuthorizerV2Request,ALBTargetGroupRequest,LambdaFunctionURLRequest} source:request
type github.com/aws/aws-lambda-go/events.{SQSEvent,SQSMessage,SNSEvent,SNSEntity,KinesisEvent,DynamoDBEvent,S3Event,CloudWatchEvent,EventBridgeEvent} source:remote
type cloud.google.com/go/pubsub.Message source:remote
# Fields that hold what came from outside
field github.com/{revel/revel,robfig/revel}.Controller.{Params,Request} source:request
field github.com/{astaxie/beego,beego/beego,beego/beego/server/web,beego/beego/adapter}/context.BeegoInput.RequestBody source:request
field github.com/{astaxie/beego,beego/beego,beego/beego/server/web,beego/beego/adapter}/context.Context.{Request,Input} source:request
field github.com/emicklei/go-restful.Request.Request source:request
field github.com/gin-gonic/gin.Context.{Request,Params} source:request
field github.com/gobwas/ws.Frame.Payload source:request
field net/http/httputil.ProxyRequest.In source:request
# Functions that return what came from outside
(*net/http.Request).{Context,ProtoAtLeast,ParseForm,ParseMultipartForm} none
(*net/http.Request).BasicAuth flow
(*net/http.Request).{UserAgent,Referer,Cookie,Cookies,CookiesNamed,FormValue,PostFormValue,PathValue,FormFile,MultipartReader} flow
(*github.com/gin-gonic/gin.Context).{GetString,GetInt,GetBool,Get,MustGet,GetStringMap,GetStringSlice,Set,Next,Abort,AbortWithStatus,ClientIP,RemoteIP,FullPath,HandlerName,Value,Err,Done,Deadline,Status,IsAborted,Copy,Stream,SSEvent,XML,YAML,ContentType,HTML,JSONP,TOML,ProtoBuf,Render,Negotiate} none
(*github.com/gin-gonic/gin.Context).{JSON,IndentedJSON,AbortWithStatusJSON,PureJSON,SecureJSON,AsciiJSON,SetCookie,AbortWithError,Error} none
({*,}github.com/labstack/echo.Context).{Get,Set,JSON,JSONPretty,JSONBlob,NoContent,RealIP,Logger,Response,Validate,Error,Path,XML,Echo,Handler,SetCookie,Render} none
({*,}github.com/gofiber/fiber.{Ctx,DefaultCtx}).{JSON,Locals,Next,IP,Status,Type,Method,SendStatus,Context,UserContext,Cookie,ClearCookie,XML,Render,Bind,Protocol,App,Route} none
({*,}github.com/gofiber/fiber.{Ctx,DefaultCtx}).{Bind,Status,Type} flow
({*,}github.com/kataras/iris{,/context}.Context).{JSON,XML,View,StatusCode,Next,Values,RemoteAddr,ContentType,Text,Binary,StopExecution} none
({*,}github.com/gobuffalo/buffalo.{Context,DefaultContext}).{Render,Value,Session,Flash,Logger,Response,Set,Error} none
(*{gopkg.in/macaron,github.com/go-macaron/macaron,gitea.com/macaron/macaron}.Context).{HTML,JSON,XML,PlainText,RawData,Error,RemoteAddr,Status} none
(*{gopkg.in/macaron,github.com/go-macaron/macaron,gitea.com/macaron/macaron}.Context).{Query,QueryTrim,QueryStrings,QueryEscape,Params,ParamsEscape,AllParams,GetCookie,GetFile} source:request
(*github.com/cloudwego/hertz/pkg/app.RequestContext).{JSON,PureJSON,String,HTML,Next,Abort,AbortWithStatus,AbortWithStatusJSON,Status,ClientIP,Get,Set,GetString,SetCookie,XML,Render,FullPath,SetStatusCode,SetContentType} none
(*github.com/valyala/fasthttp.RequestCtx).{Error,SetStatusCode,SetContentType,RemoteAddr,RemoteIP,Logger,ID,Time,NotFound,UserValue,SetUserValue} none
(*github.com/valyala/fasthttp.RequestCtx).UserValue flow
github.com/gorilla/mux.Vars source:request
github.com/go-chi/chi.{URLParam,URLParamFromCtx,RouteContext} source:request
(*github.com/go-chi/chi.Context).URLParam source:request
(github.com/julienschmidt/httprouter.Params).ByName source:request
github.com/julienschmidt/httprouter.ParamsFromContext source:request
github.com/dimfeld/httptreemux.{ContextParams,ContextData} source:request
goji.io/pat.Param source:request
goji.io/pattern.{Path,Variable} source:request
github.com/gorilla/sessions.GetRegistry none
(github.com/gorilla/sessions.Store).{Get,New} none
(*github.com/gorilla/sessions.CookieStore).{Get,New} none
(google.golang.org/grpc.{ClientStreamingServer,BidiStreamingServer}).Recv source:request
(*github.com/segmentio/kafka-go.Reader).{ReadMessage,FetchMessage} source:remote
(*github.com/nats-io/nats.go.Subscription).NextMsg source:remote
(net.Conn).Read fill:remote
(*net.{TCPConn,UDPConn}).{Read,ReadFrom} fill:remote
(*net.UDPConn).ReadFromUDP fill:remote
# What declarations show; see model_shape.go
shape statement sql:s1
shape log log:1+
shape stream source:request
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
pkg golang.org/x/net/html flow
pkg golang.org/x/text/... flow
pkg github.com/PuerkitoBio/goquery flow
pkg github.com/gorilla/schema flow
pkg github.com/go-playground/form flow
pkg github.com/ajg/form flow
pkg github.com/mitchellh/mapstructure flow
pkg github.com/go-viper/mapstructure flow
pkg google.golang.org/protobuf/proto flow
pkg google.golang.org/protobuf/encoding/protojson flow
pkg google.golang.org/protobuf/encoding/prototext flow
pkg github.com/golang/protobuf/proto flow
pkg github.com/golang/protobuf/jsonpb flow
pkg github.com/gogo/protobuf/proto flow
pkg github.com/BurntSushi/toml flow
pkg github.com/pelletier/go-toml flow
pkg github.com/ugorji/go/codec flow
pkg github.com/vmihailenco/msgpack flow
pkg github.com/tidwall/gjson flow
pkg github.com/tidwall/sjson flow
pkg github.com/buger/jsonparser flow
pkg github.com/Jeffail/gabs flow
pkg github.com/bitly/go-simplejson flow
pkg github.com/valyala/fastjson flow
pkg github.com/segmentio/encoding/json flow
pkg github.com/mailru/easyjson flow
pkg github.com/evanphx/json-patch flow
pkg github.com/spf13/cast flow
pkg github.com/clbanning/mxj flow
pkg html/template none
pkg crypto none
pkg crypto/... none
pkg hash/... none
pkg math none
pkg math/... none
pkg time none
pkg context none
pkg net none
net.{JoinHostPort,SplitHostPort} flow
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
pkg github.com/golang-jwt/jwt none
pkg github.com/prometheus/... none
pkg go.opentelemetry.io/... none
pkg google.golang.org/grpc none
pkg google.golang.org/grpc/... none
pkg github.com/spf13/cobra none
pkg github.com/spf13/pflag none
pkg github.com/stretchr/... none
pkg github.com/go-playground/validator none
# Cleaners
{html,golang.org/x/net/html}.EscapeString clean:xss,html
{html,text}/template.{HTMLEscapeString,HTMLEscaper,JSEscapeString,JSEscaper} clean:xss,html
{html,text}/template.URLQueryEscaper clean:xss,html,redirect,ssrf,path,header,log,mail
net/url.QueryEscape clean:xss,html,path,zip,header,log,mail,command,ldap,xpath
net/url.PathEscape clean:xss,html,path,zip,header,log,mail
(net/url.Values).Encode clean:xss,html,redirect,ssrf,path,header,log,mail,sql
(*net/url.URL).Port none
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
encoding/json.{Marshal,MarshalIndent} clean:xss,html,log,header,mail,nosql
github.com/json-iterator/go.{Marshal,MarshalIndent,MarshalToString} clean:xss,html,log,header,mail,nosql
(github.com/json-iterator/go.API).{Marshal,MarshalIndent,MarshalToString} clean:xss,html,log,header,mail,nosql
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
{go.mongodb.org/mongo-driver/bson/primitive,go.mongodb.org/mongo-driver/bson}.{ObjectIDFromHex,IsValidObjectID} check:all none
github.com/asaskevich/govalidator.{IsAlpha,IsAlphanumeric,IsNumeric,IsInt,IsUUID,IsUUIDv4,IsHexadecimal,IsHexcolor,IsEmail,IsMongoID,IsPort} check:all
github.com/gosimple/slug.{Make,MakeLang} clean:all
github.com/oklog/ulid.{Parse,ParseStrict} check:all none
github.com/rs/xid.FromString check:all none
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
errors.Is none
os/exec.LookPath none
strings.{Compare,Count,EqualFold,Contains,ContainsAny,HasPrefix,HasSuffix,Index} none
sort.{Strings,Slice,SliceStable,Sort,Ints} none
log/slog.{New,Default,With,SetDefault,NewTextHandler,NewJSONHandler} none
(*log/slog.Logger).{With,WithGroup} none
`

// specialTable names the functions that special.go describes in Go.
const specialTable = `
fmt.{Sprintf,Sprint,Sprintln,Errorf,Append,Appendf,Appendln,Fprint,Fprintf,Fprintln,Sscan,Sscanf,Sscanln,Fscan,Fscanf,Fscanln}
io.{WriteString,Copy,CopyN,CopyBuffer,TeeReader}
strings.{ReplaceAll,Replace,NewReplacer,Map}
(*strings.Replacer).Replace
(*regexp.Regexp).{FindString,FindStringSubmatch,FindAllString,ReplaceAllString,ReplaceAllLiteralString,ReplaceAll,ReplaceAllStringFunc}
path/filepath.{Clean,Join,Abs,Rel,EvalSymlinks}
path.{Clean,Join}
net/url.{Parse,ParseRequestURI,JoinPath}
(*net/url.URL).{String,RequestURI,EscapedPath}
(*text/template.Template).{Execute,ExecuteTemplate}
(*html/template.Template).{Execute,ExecuteTemplate}
(*net/http.Client).Do
(*strings.Builder).{String,Len,Grow}
(error).Error
context.WithValue
io.Pipe
(context.Context).Value
(*net/http.Request).{WithContext,Clone}
errors.As
`
