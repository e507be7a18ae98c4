package taint

// clientTable names what opens a connection to an address, or asks for a URL.
const clientTable = `
# The standard library
net/http.{Get,Head,Post,PostForm} ssrf:0 none
(*net/http.Client).{Get,Head,Post,PostForm} ssrf:1 none
net/http.{NewRequest,NewRequestWithContext} ssrf:s2
net/http.ProxyURL ssrf:0? none
net.{Dial,DialTimeout} ssrf:1 none
(*net.Dialer).{Dial,DialContext} ssrf:s2 none
net.{ResolveTCPAddr,ResolveUDPAddr} ssrf:1? none
crypto/tls.Dial ssrf:1 none
crypto/tls.DialWithDialer ssrf:2 none
(*crypto/tls.Dialer).{Dial,DialContext} ssrf:s2 none
net/http/httputil.NewSingleHostReverseProxy ssrf:0 none
(*net/http/httputil.ProxyRequest).SetURL ssrf:1 none
net/rpc.{Dial,DialHTTP,DialHTTPPath} ssrf:1 none
net/rpc/jsonrpc.Dial ssrf:1 none
net/smtp.Dial ssrf:0 none
net/textproto.Dial ssrf:1 none
golang.org/x/crypto/ssh.Dial ssrf:1 none
golang.org/x/net/context/ctxhttp.{Get,Head,Post,PostForm} ssrf:s1 none
golang.org/x/net/proxy.{SOCKS5,FromURL} ssrf:s2? none
google.golang.org/grpc.{Dial,DialContext,NewClient} ssrf:s1 none
# Clients
(*{github.com/go-resty/resty,resty.dev,gopkg.in/resty}.Request).{Get,Post,Put,Delete,Patch,Head,Options,Trace} ssrf:1 none
(*{github.com/go-resty/resty,resty.dev,gopkg.in/resty}.Request).Execute ssrf:2 none
(*{github.com/go-resty/resty,resty.dev,gopkg.in/resty}.{Client,Request}).{SetBaseURL,SetHostURL,SetURL} ssrf:1 none
pkg github.com/go-resty/resty none
({*,}github.com/imroc/req.{Req,Client,Request}).{Get,Post,Put,Delete,Patch,Head,Options,MustGet,MustPost,MustPut,MustDelete,MustPatch,MustHead,MustOptions,SetURL,SetBaseURL} ssrf:1 none
(*github.com/imroc/req.{Request,Req}).{Send,Do} ssrf:2 none
github.com/imroc/req.{Get,Post,Put,Delete,Patch,Head,Options,MustGet,MustPost,MustPut,MustDelete,MustPatch,MustHead} ssrf:0 none
(*{github.com/parnurzeal,github.com/mozillazg}/gorequest.SuperAgent).{Get,Post,Put,Delete,Patch,Head,Options} ssrf:1 flow
(*github.com/parnurzeal/gorequest.SuperAgent).CustomMethod ssrf:2 flow
(*{github.com/dghubble,gopkg.in/dghubble}/sling.Sling).{Base,Get,Post,Put,Delete,Patch,Head} ssrf:1 none
({*,}github.com/{gojek,gojektech}/heimdall{,/httpclient,/hystrix}.{Client,Doer}).{Get,Post,Put,Delete,Patch} ssrf:1 none
github.com/levigross/grequests.{Get,Post,Put,Delete,Patch,Head,Options} ssrf:0 none
github.com/levigross/grequests.Req ssrf:1 none
(*github.com/levigross/grequests.Session).{Get,Post,Put,Delete,Patch,Head,Options} ssrf:1 none
(*github.com/hashicorp/go-retryablehttp.Client).{Get,Post,Head,PostForm} ssrf:1 none
github.com/hashicorp/go-retryablehttp.{Get,Post,Head,PostForm} ssrf:0 none
github.com/hashicorp/go-retryablehttp.{NewRequest,NewRequestWithContext} ssrf:s2 none
github.com/guonaihong/gout.{GET,POST,PUT,DELETE,PATCH,HEAD,OPTIONS} ssrf:0 none
github.com/carlmjohnson/requests.{URL,New} ssrf:0 none
(*github.com/carlmjohnson/requests.Builder).{BaseURL,Host,Hostf} ssrf:1+ none
(*github.com/h2non/gentleman.{Client,Request}).{URL,BaseURL} ssrf:1 none
github.com/ddliu/go-httpclient.{Get,Post,PostJson,Head,Delete,Put} ssrf:0 none
(*github.com/ddliu/go-httpclient.HttpClient).{Get,Post,PostJson,Head,Delete,Put} ssrf:1 none
github.com/{astaxie/beego,beego/beego,beego/beego/client,beego/beego/adapter}/httplib.{Get,Post,Put,Delete,Head} ssrf:0 none
github.com/{astaxie/beego,beego/beego,beego/beego/client}/httplib.{NewBeegoRequest,NewBeegoRequestWithCtx} ssrf:s1 none
github.com/valyala/fasthttp.{Get,GetTimeout,GetDeadline,Post} ssrf:1 none
(*github.com/valyala/fasthttp.{Client,HostClient,PipelineClient}).{Get,GetTimeout,GetDeadline,Post} ssrf:2 none
(*github.com/valyala/fasthttp.Request).{SetRequestURI,SetRequestURIBytes,SetHost,SetHostBytes,SetURI} ssrf:1 none
(*github.com/valyala/fasthttp.URI).{SetHost,SetHostBytes,Update,UpdateBytes} ssrf:1 none
(*github.com/valyala/fasthttp.URI).Parse ssrf:2 none
github.com/valyala/fasthttp.{Dial,DialTimeout,DialDualStack,DialDualStackTimeout} ssrf:0 none
(*github.com/valyala/fasthttp.TCPDialer).{Dial,DialTimeout,DialDualStack,DialDualStackTimeout} ssrf:1 none
github.com/gofiber/fiber.{Get,Post,Put,Patch,Delete,Head} ssrf:0 none
(*github.com/gofiber/fiber.Client).{Get,Post,Put,Patch,Delete,Head} ssrf:1 none
(*github.com/gofiber/fiber/client.{Client,Request}).{Get,Post,Put,Patch,Delete,Head,SetURL,SetBaseURL} ssrf:1 none
github.com/gofiber/fiber/middleware/proxy.{Do,DoRedirects,DoTimeout,DoDeadline} ssrf:1 none
github.com/gofiber/fiber/middleware/proxy.Forward ssrf:0 none
(*github.com/cloudwego/hertz/pkg/app/client.Client).{Get,GetTimeout,GetDeadline,Post} ssrf:s1 none
(*github.com/cloudwego/hertz/pkg/protocol.Request).SetRequestURI ssrf:1 none
({*,}github.com/gogf/gf/net/{gclient,ghttp}.Client).{Get,Post,Put,Delete,Patch,Head,GetContent,PostContent,GetBytes,PostBytes,GetVar,PostVar,DoRequest} ssrf:s1 none
# Web sockets
(*github.com/gorilla/websocket.Dialer).{Dial,DialContext} ssrf:s1 none
github.com/gorilla/websocket.NewClient ssrf:1 none
golang.org/x/net/websocket.Dial ssrf:0 none
golang.org/x/net/websocket.NewConfig from:0
golang.org/x/net/websocket.DialConfig ssrf:0 none
(*golang.org/x/net/websocket.Config).DialContext ssrf:0 none
{github.com/coder,nhooyr.io}/websocket.Dial ssrf:s1 none
github.com/gobwas/ws.Dial ssrf:s1 none
({*,}github.com/gobwas/ws.Dialer).Dial ssrf:s1 none
github.com/sacOO7/gowebsocket.{New,BuildProxy} ssrf:0 none
# Crawlers, browsers, repositories, files from anywhere
(*github.com/gocolly/colly.Collector).{Visit,Head,Post,PostRaw,PostMultipart} ssrf:1 none
(*github.com/gocolly/colly.Collector).Request ssrf:2 none
(*github.com/gocolly/colly.Request).Visit ssrf:1 none
github.com/PuerkitoBio/goquery.NewDocument ssrf:0
(*github.com/mmcdole/gofeed.Parser).{ParseURL,ParseURLWithContext} ssrf:1 none
github.com/go-shiori/go-readability.FromURL ssrf:0 none
github.com/chromedp/chromedp.Navigate ssrf:0 none
(*github.com/go-rod/rod.{Page,Browser}).{Navigate,MustNavigate,MustPage} ssrf:1 none
(github.com/playwright-community/playwright-go.Page).Goto ssrf:1 none
field {gopkg.in/src-d,github.com/go-git}/go-git.CloneOptions.URL ssrf
github.com/hashicorp/go-getter.{Get,GetFile,GetAny} ssrf:1 none
(*github.com/jlaffaye/ftp.ServerConn).Retr none
github.com/jlaffaye/ftp.{Dial,Connect,DialTimeout} ssrf:0 none
github.com/SebastiaanKlippert/go-wkhtmltopdf.NewPage ssrf:0 none
`
