package taint

// frameworkTable names what frameworks do with responses: where they send
// browsers, what they write, which files they serve, and how they fill values
// with what a request holds.
const frameworkTable = `
# Redirects
net/http.Redirect redirect:2 none
net/http.RedirectHandler redirect:0 none
(net/http.Header).{Set,Add} sets
(*github.com/gin-gonic/gin.Context).Redirect redirect:2 none
(*github.com/gin-gonic/gin.Context).Header sets none
({*,}github.com/labstack/echo.Context).Redirect redirect:2 none
({*,}github.com/gofiber/fiber.{Ctx,DefaultCtx}).{Redirect,Location} redirect:1 flow
({*,}github.com/gofiber/fiber.{Ctx,DefaultCtx}).{Set,Append} sets none
({*,}github.com/gofiber/fiber.{Redirect,DefaultRedirect}).To redirect:1 none
(*github.com/valyala/fasthttp.RequestCtx).{Redirect,RedirectBytes} redirect:1 none
(*github.com/valyala/fasthttp.ResponseHeader).{Set,Add,SetBytesV} sets none
(*github.com/{astaxie/beego,beego/beego,beego/beego/server/web,beego/beego/adapter}.Controller).Redirect redirect:1 none
(*github.com/{astaxie/beego,beego/beego,beego/beego/server/web,beego/beego/adapter}/context.Context).Redirect redirect:2 none
(*github.com/{astaxie/beego,beego/beego,beego/beego/server/web,beego/beego/adapter}/context.BeegoOutput).Header sets none
({*,}github.com/kataras/iris{,/context}.Context).Redirect redirect:1 none
({*,}github.com/kataras/iris{,/context}.Context).Header sets none
(*{gopkg.in/macaron,github.com/go-macaron/macaron,gitea.com/macaron/macaron}.Context).Redirect redirect:1 none
({*,}github.com/{go-martini/martini,codegangsta/martini,martini-contrib/render,codegangsta/martini-contrib/render}.Render).Redirect redirect:1 none
({*,}github.com/{revel/revel,robfig/revel}.Controller).Redirect redirect:1 none
({*,}github.com/gobuffalo/buffalo.{Context,DefaultContext}).Redirect redirect:2 none
(*github.com/cloudwego/hertz/pkg/app.RequestContext).Redirect redirect:2 none
(*github.com/cloudwego/hertz/pkg/app.RequestContext).Header sets none
({*,}github.com/gogf/gf/net/ghttp.Response).RedirectTo redirect:1 none
(*github.com/gogf/gf/net/ghttp.Request).Redirect redirect:1 none
({*,}{clevergo.tech/clevergo,github.com/clevergo/clevergo}.Context).Redirect redirect:2 none
(*github.com/gocraft/web.ResponseWriter).Redirect redirect:1 none
(github.com/go-openapi/runtime/middleware.Responder).WriteResponse none
# Bodies of responses
(*github.com/gin-gonic/gin.Context).Data xss:3@2 none
(*github.com/gin-gonic/gin.Context).String xss:2+! none
(*github.com/gin-gonic/gin.Context).DataFromReader xss:4@3 none
({*,}github.com/labstack/echo.Context).{HTML,HTMLBlob} xss:2 none
({*,}github.com/labstack/echo.Context).String xss:2! none
({*,}github.com/labstack/echo.Context).{Blob,Stream} xss:3@2 none
({*,}github.com/gofiber/fiber.{Ctx,DefaultCtx}).{SendString,Send,Write,WriteString,Writef,SendStream} xss:1+! none
({*,}github.com/gofiber/fiber.{Ctx,DefaultCtx}).Format xss:1 none
(*github.com/valyala/fasthttp.RequestCtx).{WriteString,Write,SetBody,SetBodyString,SetBodyStream} xss:1? none
(*github.com/valyala/fasthttp.Response).{SetBody,SetBodyString,AppendBody,AppendBodyString,SetBodyRaw,SetBodyStream} xss:1? none
(*github.com/{astaxie/beego,beego/beego,beego/beego/server/web,beego/beego/adapter}/context.Context).WriteString xss:1 none
(*github.com/{astaxie/beego,beego/beego,beego/beego/server/web,beego/beego/adapter}/context.Context).Abort xss:2 none
(*github.com/{astaxie/beego,beego/beego,beego/beego/server/web,beego/beego/adapter}/context.BeegoOutput).Body xss:1 none
(*github.com/{astaxie/beego,beego/beego,beego/beego/server/web,beego/beego/adapter}.Controller).CustomAbort xss:2 none
({*,}github.com/kataras/iris{,/context}.Context).{HTML,WriteString,Writef,Write,Markdown} xss:1+ none
({*,}github.com/{revel/revel,robfig/revel}.Controller).{RenderHTML,RenderHtml} xss:1 none
({*,}github.com/{revel/revel,robfig/revel}.Controller).RenderBinary xss:1@2 none
(*github.com/cloudwego/hertz/pkg/app.RequestContext).Data xss:3@2 none
(*github.com/cloudwego/hertz/pkg/app.RequestContext).{Write,WriteString,SetBodyString} xss:1! none
({*,}github.com/gogf/gf/net/ghttp.Response).{Write,Writef,Writeln,Writefln,WriteExit,WritefExit,WritelnExit,WriteOver,WriteOverExit} xss:1+ none
({*,}{clevergo.tech/clevergo,github.com/clevergo/clevergo}.Context).{HTML,HTMLBlob} xss:2 none
({*,}{clevergo.tech/clevergo,github.com/clevergo/clevergo}.Context).{Blob,Emit} xss:3@2 none
(*github.com/emicklei/go-restful.Response).WriteErrorString xss:2 none
(*github.com/emicklei/go-restful.Response).{WriteEntity,WriteAsJson,WriteAsXml,WriteJson,WriteHeaderAndEntity,WriteHeaderAndJson} none
golang.org/x/net/html.Render xss:1>0 none
github.com/yosssi/gohtml.Format flow
# Text that templates leave as it is
github.com/a-h/templ.Raw html:0+
{maragu.dev,github.com/maragudk}/gomponents.{Raw,Rawf} html:0+
github.com/flosch/pongo2.AsSafeValue html:0
(*github.com/valyala/quicktemplate.QWriter).{S,Z,SZ} none
# Files
(*github.com/gin-gonic/gin.Context).{File,FileAttachment} path:1 none
(*github.com/gin-gonic/gin.Context).SaveUploadedFile path:2 none
({*,}github.com/labstack/echo.Context).{File,Attachment,Inline} path:1 none
({*,}github.com/gofiber/fiber.{Ctx,DefaultCtx}).{SendFile,Download} path:1 none
({*,}github.com/gofiber/fiber.{Ctx,DefaultCtx}).{SaveFile,SaveFileToStorage} path:2 none
(*github.com/valyala/fasthttp.RequestCtx).{SendFile,SendFileBytes} path:1 none
github.com/valyala/fasthttp.{ServeFile,ServeFileBytes,ServeFileUncompressed,ServeFileBytesUncompressed,SaveMultipartFile} path:1 none
(*github.com/{astaxie/beego,beego/beego,beego/beego/server/web,beego/beego/adapter}.Controller).{SaveToFile,SaveToFileWithBuffer} path:2 none
(*github.com/{astaxie/beego,beego/beego,beego/beego/server/web,beego/beego/adapter}/context.BeegoOutput).Download path:1 none
({*,}github.com/kataras/iris{,/context}.Context).{SendFile,ServeFile,SendFileWithRate,ServeFileWithRate,UploadFormFiles} path:1 none
({*,}github.com/kataras/iris{,/context}.Context).SaveFormFile path:2 none
({*,}github.com/{revel/revel,robfig/revel}.Controller).RenderFileName path:1 none
(*{gopkg.in/macaron,github.com/go-macaron/macaron,gitea.com/macaron/macaron}.Context).{ServeFile,ServeFileContent} path:1 none
(*github.com/cloudwego/hertz/pkg/app.RequestContext).{File,FileAttachment} path:1 none
(*github.com/cloudwego/hertz/pkg/app.RequestContext).SaveUploadedFile path:2 none
({*,}github.com/gogf/gf/net/ghttp.Response).{ServeFile,ServeFileDownload} path:1 none
({*,}{clevergo.tech/clevergo,github.com/clevergo/clevergo}.Context).ServeFile path:1 none
# Values filled with what a request holds
github.com/gorilla/websocket.ReadJSON fill:request
(*github.com/gorilla/websocket.Conn).ReadJSON fill:request
(*github.com/gorilla/websocket.Conn).{ReadMessage,NextReader} source:request
(*golang.org/x/net/websocket.Conn).Read fill:request
(golang.org/x/net/websocket.Codec).Receive fill:request
(*{github.com/coder,nhooyr.io}/websocket.Conn).{Read,Reader} source:request
{github.com/coder,nhooyr.io}/websocket/{wsjson,wspb}.Read fill:request
github.com/gobwas/ws/wsutil.{ReadClientData,ReadClientText,ReadClientBinary,ReadClientMessage,ReadData,ReadMessage,NextReader} source:request
github.com/gobwas/ws.{ReadFrame,MustReadFrame,ReadHeader} source:request
github.com/gobwas/ws/wsutil.{ReadServerData,ReadServerText,ReadServerBinary,ReadServerMessage} source:remote
github.com/{zeromicro,tal-tech}/go-zero/rest/httpx.{Parse,ParseForm,ParseJsonBody,ParsePath,ParseHeaders} fill:request
(*github.com/{astaxie/beego,beego/beego,beego/beego/server/web,beego/beego/adapter}.Controller).{ParseForm,Bind,BindForm,BindJSON,BindXML,BindYAML,BindProtobuf} fill:request
(*github.com/{astaxie/beego,beego/beego,beego/beego/server/web,beego/beego/adapter}.Controller).{GetString,GetStrings,Input,GetFile,GetFiles} source:request
(*github.com/{astaxie/beego,beego/beego,beego/beego/server/web,beego/beego/adapter}/context.BeegoInput).{Query,Param,Params,Cookie,Header,Data,URI,URL,UserAgent,Referer,Refer,ResetParams} source:request
(*github.com/{astaxie/beego,beego/beego,beego/beego/server/web,beego/beego/adapter}/context.BeegoInput).{CopyBody} source:request
(*github.com/{astaxie/beego,beego/beego,beego/beego/server/web,beego/beego/adapter}/context.BeegoInput).Bind fill:request
(*github.com/{astaxie/beego,beego/beego,beego/beego/server/web,beego/beego/adapter}/context.Context).{GetCookie,GetSecureCookie} source:request
(*github.com/{revel/revel,robfig/revel}.Params).{Bind,BindJSON} fill:request
(*github.com/{revel/revel,robfig/revel}.Request).{FormValue,PostFormValue,GetForm,GetQuery,GetHttpHeader,UserAgent,Referer,Cookie,GetRequestURI} source:request
`
