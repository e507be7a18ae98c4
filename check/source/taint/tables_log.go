package taint

// logTable names what writes to a log. Which operands structured loggers
// escape is for [frame.logSink] to say.
const logTable = `
# The standard library
log.{Print,Fatal,Panic}{,f,ln} log:0+ none
log.Output log:1 none
log.SetPrefix log:0 none
(*log.Logger).{Print,Fatal,Panic}{,f,ln} log:1+ none
(*log.Logger).Output log:2 none
(*log.Logger).SetPrefix log:1 none
fmt.{Print,Printf,Println} log:0+? none
{log/slog,golang.org/x/exp/slog}.{Debug,Info,Warn,Error} log:0+ none
{log/slog,golang.org/x/exp/slog}.{Debug,Info,Warn,Error}Context log:1+ none
golang.org/x/exp/slog.{Debug,Info,Warn,Error}Ctx log:1+ none
{log/slog,golang.org/x/exp/slog}.{Log,LogAttrs} log:2+ none
(*{log/slog,golang.org/x/exp/slog}.Logger).{Debug,Info,Warn,Error} log:1+ none
(*{log/slog,golang.org/x/exp/slog}.Logger).{Debug,Info,Warn,Error}Context log:2+ none
(*golang.org/x/exp/slog.Logger).{Debug,Info,Warn,Error}Ctx log:2+ none
(*{log/slog,golang.org/x/exp/slog}.Logger).{Log,LogAttrs} log:3+ none
(*log/syslog.Writer).{Info,Warning,Err,Crit,Debug,Notice,Alert,Emerg} log:1 none
# Loggers of text
github.com/{sirupsen,Sirupsen}/logrus.{Trace,Debug,Info,Print,Warn,Warning,Error,Fatal,Panic}{,f,ln} log:0+ none
({*,}github.com/{sirupsen,Sirupsen}/logrus.{Logger,Entry,FieldLogger,StdLogger,Ext1FieldLogger}).{Trace,Debug,Info,Print,Warn,Warning,Error,Fatal,Panic}{,f,ln} log:1+ none
(*github.com/{sirupsen,Sirupsen}/logrus.{Logger,Entry}).{Log,Logf,Logln} log:2+ none
github.com/{sirupsen,Sirupsen}/logrus.{WithField,WithFields,WithError} secretlog:0+ none
({*,}github.com/{sirupsen,Sirupsen}/logrus.{Logger,Entry,FieldLogger}).{WithField,WithFields,WithError} secretlog:1+ none
{github.com/golang/glog,k8s.io/klog,github.com/barakmich/glog}.{Info,Warning,Error,Fatal,Exit}{,f,ln} log:0+ none
{github.com/golang/glog,k8s.io/klog}.{Info,Warning,Error,Fatal,Exit}{Depth,Depthf,lnDepth,Context,Contextf} log:1+ none
{github.com/golang/glog,k8s.io/klog}.{Info,Warning,Error,Fatal,Exit}{ContextDepth,ContextDepthf} log:2+ none
({github.com/golang/glog,k8s.io/klog}.{Verbose,Level}).{Info,Error}{,f,ln} log:1+ none
({github.com/golang/glog,k8s.io/klog}.Verbose).{InfoDepth,InfoContext,InfoContextf} log:2+ none
k8s.io/klog.InfoS log:0+ none
k8s.io/klog.ErrorS log:1+ none
(k8s.io/klog.Verbose).InfoS log:1+ none
(*github.com/op/go-logging.Logger).{Debug,Info,Notice,Warning,Error,Critical,Fatal,Panic}{,f} log:1+ none
{github.com/apex/log,github.com/gookit/slog,github.com/kataras/golog,github.com/lunny/log,github.com/prometheus/common/log}.{Trace,Debug,Info,Print,Warn,Notice,Error,Fatal,Panic}{,f,ln} log:0+ none
({*,}{github.com/apex/log,github.com/gookit/slog,github.com/kataras/golog,github.com/prometheus/common/log}.{Logger,Entry,Interface,SugaredLogger,Record}).{Trace,Debug,Info,Print,Warn,Notice,Error,Fatal,Panic}{,f,ln} log:1+ none
{github.com/charmbracelet,charm.land}/log.{Print,Debug,Info,Warn,Error,Fatal}{,f} log:0+ none
(*{github.com/charmbracelet,charm.land}/log.Logger).{Print,Debug,Info,Warn,Error,Fatal}{,f} log:1+ none
{github.com/cihub,gopkg.in/cihub}/seelog.{Trace,Debug,Info,Warn,Error,Critical}{,f} log:0+ none
({github.com/cihub,gopkg.in/cihub}/seelog.LoggerInterface).{Trace,Debug,Info,Warn,Error,Critical}{,f} log:1+ none
github.com/{astaxie/beego,beego/beego,beego/beego/core,beego/beego/adapter}/logs.{Emergency,Alert,Critical,Error,Warning,Warn,Notice,Informational,Info,Debug,Trace} log:0+ none
(*github.com/{astaxie/beego,beego/beego,beego/beego/core,beego/beego/adapter}/logs.BeeLogger).{Emergency,Alert,Critical,Error,Warning,Warn,Notice,Informational,Info,Debug,Trace} log:1+ none
github.com/astaxie/beego.{Emergency,Alert,Critical,Error,Warning,Warn,Notice,Informational,Info,Debug,Trace} log:0+ none
github.com/labstack/gommon/log.{Print,Debug,Info,Warn,Error,Fatal,Panic}{,f,j} log:0+ none
({*,}github.com/labstack/{gommon/log,echo}.Logger).{Print,Debug,Info,Warn,Error,Fatal,Panic}{,f,j} log:1+ none
github.com/gofiber/fiber/log.{Trace,Debug,Info,Warn,Error,Fatal,Panic}{,f,w} log:0+ none
(github.com/gofiber/fiber/log.{AllLogger,CommonLogger,Logger,FormatLogger,WithLogger}).{Trace,Debug,Info,Warn,Error,Fatal,Panic}{,f,w} log:1+ none
github.com/cloudwego/hertz/pkg/common/hlog.{Trace,Debug,Info,Notice,Warn,Error,Fatal}{,f} log:0+ none
github.com/cloudwego/hertz/pkg/common/hlog.Ctx{Trace,Debug,Info,Notice,Warn,Error,Fatal}f log:1+ none
github.com/cloudwego/kitex/pkg/klog.{Trace,Debug,Info,Notice,Warn,Error,Fatal}{,f} log:0+ none
github.com/cloudwego/kitex/pkg/klog.Ctx{Trace,Debug,Info,Notice,Warn,Error,Fatal}f log:1+ none
(*github.com/go-kratos/kratos/log.Helper).{Debug,Info,Warn,Error,Fatal}{,f,w} log:1+ none
github.com/go-kratos/kratos/log.{Debug,Info,Warn,Error,Fatal}{,f,w} log:0+ none
github.com/{zeromicro,tal-tech}/go-zero/core/logx.{Debug,Info,Error,Slow,Severe,Alert,Stat}{,f,v} log:0+ none
({*,}github.com/{zeromicro,tal-tech}/go-zero/core/logx.Logger).{Debug,Info,Error,Slow}{,f,v} log:1+ none
github.com/zeromicro/go-zero/core/logc.{Debug,Info,Error,Slow,Severe,Alert}{,f,v} log:1+ none
({*,}github.com/gogf/gf/os/glog.{Logger,ILogger}).{Print,Debug,Info,Notice,Warning,Error,Critical,Fatal,Panic}{,f} log:1+ none
github.com/gogf/gf/os/glog.{Print,Debug,Info,Notice,Warning,Error,Critical,Fatal,Panic}{,f} log:0+ none
(*github.com/elazarl/goproxy.ProxyCtx).{Logf,Warnf} log:1+ none
github.com/davecgh/go-spew/spew.{Dump,Print,Printf,Println} log:0+? none
github.com/gobuffalo/logger.{New,NewLogger} none
(github.com/gobuffalo/{logger,buffalo}.{Logger,FieldLogger}).{Debug,Info,Print,Warn,Error,Fatal,Panic}{,f} log:1+ none
# Loggers of records
(*go.uber.org/zap.Logger).{Debug,Info,Warn,Error,DPanic,Panic,Fatal} log:1+ none
(*go.uber.org/zap.Logger).Log log:2+ none
(*go.uber.org/zap.Logger).{With,WithLazy} secretlog:1+ none
(*go.uber.org/zap.SugaredLogger).{Debug,Info,Warn,Error,DPanic,Panic,Fatal}{,f,w,ln} log:1+ none
(*go.uber.org/zap.SugaredLogger).{Log,Logf,Logw,Logln} log:2+ none
(*go.uber.org/zap.SugaredLogger).{With,WithLazy} secretlog:1+ none
go.uber.org/zap.{String,Strings,Stringp,ByteString,Any,Reflect,Stringer} from:1
({*,}go.uber.org/fx/fxevent.Logger).LogEvent none
(*github.com/rs/zerolog.Event).{Msg,Msgf} log:1+ none
(*github.com/rs/zerolog.Event).{Str,Strs,Bytes,Interface,Any,AnErr} secretlog:2 none
(github.com/rs/zerolog.Context).{Str,Strs,Bytes,Interface,Any} secretlog:2 none
({*,}github.com/rs/zerolog.Logger).{Print,Printf,Println} log:1+ none
github.com/rs/zerolog/log.{Print,Printf} log:0+ none
(*github.com/phuslu/log.Entry).{Msg,Msgf,Msgs} log:1+ none
github.com/phuslu/log.Printf log:0+ none
({*,}github.com/go-logr/logr.Logger).{Info,Error,V} log:1+ none
({*,}github.com/go-kit/{log,kit/log}.Logger).Log log:1+? none
github.com/inconshreveable/log15.{Debug,Info,Warn,Error,Crit} log:0+ none
({*,}github.com/inconshreveable/log15.Logger).{Debug,Info,Warn,Error,Crit} log:1+ none
github.com/ethereum/go-ethereum/log.{Trace,Debug,Info,Warn,Error,Crit} log:0+ none
({*,}github.com/hashicorp/go-hclog.Logger).{Trace,Debug,Info,Warn,Error} log:1+ none
({*,}github.com/hashicorp/go-hclog.Logger).Log log:2+ none
# Nothing that is logged comes out of these
pkg go.uber.org/zap none
pkg github.com/sirupsen/logrus none
pkg github.com/rs/zerolog none
pkg github.com/rs/zerolog/log none
pkg github.com/golang/glog none
pkg k8s.io/klog none
pkg github.com/go-logr/logr none
`
