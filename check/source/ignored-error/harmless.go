package ignorederror

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/merlon-go/merlon/check/source/code"
)

// A call is one whose error is judged.
type call struct {
	*ast.CallExpr
	looker       *looker
	name, method string // in full, and the last of it
}

// cannotFail are functions and methods that are documented never to return an
// error, that repeat it later, or that fail by a mistake of the programmer's
// that the first run shows.
var cannotFail = map[string]bool{
	"math/rand.Read": true, "math/rand.Rand.Read": true, "os.Unsetenv": true,
	"io.PipeReader.CloseWithError": true, "io.PipeWriter.CloseWithError": true,
	"bufio.Writer.Write": true, "bufio.Writer.WriteString": true, "bufio.Writer.WriteByte": true, "bufio.Writer.WriteRune": true,
	"bufio.ReadWriter.Write": true, "bufio.ReadWriter.WriteString": true, "bufio.ReadWriter.WriteByte": true,
	"bufio.Writer.ReadFrom": true, "bufio.Reader.Discard": true,
	"text/tabwriter.Writer.Write": true, "encoding/csv.Writer.Write": true,
	"bytes.Reader.Seek": true, "strings.Reader.Seek": true,
	"os/exec.Cmd.Wait": true, "go.uber.org/zap.Logger.Sync": true, "go.uber.org/zap.SugaredLogger.Sync": true,
	"github.com/go-kit/log.Logger.Log": true, "github.com/go-kit/kit/log.Logger.Log": true,
	"github.com/spf13/viper.BindPFlag": true, "github.com/spf13/viper.BindPFlags": true, "github.com/spf13/viper.BindEnv": true,
	"github.com/spf13/viper.Viper.BindPFlag": true, "github.com/spf13/viper.Viper.BindPFlags": true, "github.com/spf13/viper.Viper.BindEnv": true,
}

// cleaners are names of methods and functions that give back what is not
// needed any more: if that fails nothing is left to do.
var cleaners = map[string]bool{
	"Remove": true, "RemoveAll": true, "Rollback": true, "Stop": true, "Shutdown": true, "Kill": true, "Signal": true, "Release": true, "Unlock": true, "RUnlock": true,
	"CloseRead": true, "CloseIdleConnections": true, "Terminate": true, "Cleanup": true, "Destroy": true, "Unsubscribe": true, "Disconnect": true, "Munmap": true,
	// settings of a connection, whose fault the next use of it shows
	"SetDeadline": true, "SetReadDeadline": true, "SetWriteDeadline": true, "SetKeepAlive": true, "SetKeepAlivePeriod": true, "SetNoDelay": true, "SetLinger": true,
	"SetReadBuffer": true, "SetWriteBuffer": true,
}

// finishers are what writes its last part when it is closed.
var finishers = []string{
	"compress/gzip.Writer", "compress/zlib.Writer", "compress/flate.Writer", "compress/bzip2.Writer", "archive/zip.Writer", "archive/tar.Writer",
	"mime/multipart.Writer", "mime/quotedprintable.Writer", "github.com/klauspost/compress/gzip.Writer", "github.com/klauspost/compress/zstd.Encoder",
	"github.com/andybalholm/brotli.Writer", "github.com/pierrec/lz4.Writer", "filippo.io/age.Writer",
}

// harmless reports whether nothing is lost with the call's error.
func (c *call) harmless() bool {
	switch {
	case c.name == "crypto/rand.Read", c.name == "io.ReadFull" && c.looker.read.Name(c.looker.file, c.arg(0)) == "crypto/rand.Reader":
		return true // of Go before 1.24, another rule reports it
	case cannotFail[c.name], c.prints(), c.closes(), c.parsesFlags():
		return true
	case cleaners[c.exported()]:
		return !strings.HasPrefix(c.name, "net/http.ResponseController.") // it may not be supported at all
	case c.method == "UnreadByte", c.method == "UnreadRune":
		return true // fails after anything but a read
	case strings.HasPrefix(c.name, "fmt.Scan"):
		return len(c.Args) == 0 // waits for a key
	case c.name == "os.Setenv":
		name, ok := c.looker.read.String(c.arg(0))
		return ok && name != ""
	case c.method == "Help" || c.method == "Usage" || strings.HasPrefix(c.method, "Mark") || c.method == "RegisterFlagCompletionFunc":
		return strings.HasPrefix(c.name, "github.com/spf13/")
	}
	return c.writes()
}

// exported is the method's name as it would be if it were exported: a close is
// a Close.
func (c *call) exported() string {
	if c.method == "" {
		return ""
	}
	return strings.ToUpper(c.method[:1]) + c.method[1:]
}

func (c *call) arg(n int) ast.Expr {
	if n >= len(c.Args) {
		return nil
	}
	return c.Args[n]
}

// receiver is what the method is called on; nil for a function of a package.
func (c *call) receiver() ast.Expr {
	sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr)
	if !ok || c.looker.read.Type(sel.X) == nil {
		return nil
	}
	return sel.X
}

// prints recognises what writes lines for people.
func (c *call) prints() bool {
	if strings.HasPrefix(c.method, "Fprint") || c.name == "io.WriteString" {
		return c.typeOf(c.arg(0)) != "os.File" || c.standard(c.arg(0))
	}
	return strings.HasPrefix(c.method, "Print")
}

func (c *call) typeOf(e ast.Expr) string {
	if e == nil {
		return ""
	}
	return c.looker.read.TypeOf(e)
}

// closes recognises the close of something whose last write is not in it.
func (c *call) closes() bool {
	if name := c.exported(); name != "Close" && name != "CloseWrite" {
		return false
	}
	on := c.receiver()
	if c.typeOf(on) == "os.File" {
		return !c.made(on, func(by *ast.CallExpr) bool { return creators[c.looker.read.Name(c.looker.file, by.Fun)] })
	}
	return on == nil || !slices.Contains(finishers, c.typeOf(on)) || c.made(on, c.overMemory)
}

var creators = map[string]bool{"os.Create": true, "os.CreateTemp": true, "os.OpenFile": true, "os.Root.Create": true, "os.Root.OpenFile": true}

// made reports whether one of the calls that make a value is such a one.
func (c *call) made(value ast.Expr, such func(*ast.CallExpr) bool) bool {
	if by, ok := ast.Unparen(value).(*ast.CallExpr); ok {
		return such(by)
	}
	object := c.looker.read.Denoted(value)
	return object != nil && slices.ContainsFunc(c.looker.makers[object], such)
}

// overMemory reports whether what a call makes writes to memory, to a client or
// to the terminal.
func (c *call) overMemory(by *ast.CallExpr) bool {
	if len(by.Args) == 0 {
		return false
	}
	to := by.Args[0]
	return c.memory(to) || c.response(to) || c.standard(to)
}

// standard recognises the streams that people watch.
func (c *call) standard(e ast.Expr) bool {
	name := c.looker.read.Name(c.looker.file, e)
	return name == "os.Stdout" || name == "os.Stderr"
}

// parsesFlags recognises flags that end the program when they are wrong.
func (c *call) parsesFlags() bool {
	if c.method != "Parse" || !strings.HasSuffix(c.name, "flag.FlagSet.Parse") {
		return false
	}
	return c.made(c.receiver(), func(by *ast.CallExpr) bool {
		return len(by.Args) == 2 && slices.Contains([]string{"ExitOnError", "PanicOnError"}, code.Last(by.Args[1]))
	})
}

// readers are functions that write, and read or evaluate what may fail first.
var readers = map[string]bool{"Copy": true, "CopyN": true, "CopyBuffer": true, "Execute": true, "ExecuteTemplate": true, "ReadFrom": true, "Encode": true, "Decode": true}

// responders are the methods by which the contexts of frameworks answer.
var responders = map[string]bool{
	"JSON": true, "JSONP": true, "JSONPretty": true, "XML": true, "HTML": true, "String": true, "Blob": true, "JSONBlob": true, "NoContent": true,
	"Redirect": true, "Send": true, "SendString": true, "SendStatus": true, "Status": true,
}

// writes recognises what is written into memory, thrown away, or sent to a
// client, whom nobody can tell that it did not arrive.
func (c *call) writes() bool {
	switch c.name {
	case "io.Copy", "io.CopyN", "io.CopyBuffer":
		to := c.arg(0)
		name := c.looker.read.Name(c.looker.file, to)
		return name == "io.Discard" || name == "io/ioutil.Discard" || to != nil && c.response(to)
	case "encoding/json.Encoder.Encode":
		return c.made(c.receiver(), func(by *ast.CallExpr) bool { return len(by.Args) == 1 && c.response(by.Args[0]) })
	case "encoding/pem.Encode":
		return c.overMemory(c.CallExpr)
	}
	switch on := c.receiver(); c.method {
	case "Write", "WriteString", "WriteByte", "WriteRune", "Flush":
		embedded := strings.HasPrefix(c.name, "strings.Builder.") || strings.HasPrefix(c.name, "bytes.Buffer.")
		if embedded || on != nil && (c.memory(on) || c.response(on) || c.made(on, c.overMemory)) {
			return true
		}
	}
	if on := c.receiver(); on != nil && responders[c.method] && has(c.looker.read.Type(on), "JSON", "Redirect") {
		return true
	}
	return !readers[c.method] && (slices.ContainsFunc(c.Args, c.memory) || c.answers())
}

// answers recognises a function that writes a response and is given no
// request, so that it can decide nothing else.
func (c *call) answers() bool {
	request := func(e ast.Expr) bool { return c.typeOf(e) == "net/http.Request" }
	return len(c.Args) > 0 && c.response(c.Args[0]) && !slices.ContainsFunc(c.Args, request)
}

// memory recognises what keeps what is written to it: buffers and hashes.
func (c *call) memory(e ast.Expr) bool {
	switch name := c.typeOf(e); {
	case slices.Contains([]string{"bytes.Buffer", "strings.Builder", "hash/maphash.Hash", "net/http/httptest.ResponseRecorder"}, name):
		return true
	case strings.HasPrefix(name, "crypto/sha3.") || strings.HasPrefix(name, "golang.org/x/crypto/sha3."):
		return true
	}
	return has(c.looker.read.Type(e), "Sum", "Size")
}

// response recognises an http.ResponseWriter, whoever wraps it.
func (c *call) response(e ast.Expr) bool {
	return has(c.looker.read.Type(e), "Header", "WriteHeader")
}

// has reports whether a type has the methods.
func has(t types.Type, methods ...string) bool {
	for _, name := range methods {
		if t == nil {
			return false
		}
		object, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
		if _, ok := object.(*types.Func); !ok {
			return false
		}
	}
	return true
}
