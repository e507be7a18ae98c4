package merlon

import (
	"bufio"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"

	"github.com/merlon-go/merlon/audit"
	"github.com/merlon-go/merlon/csp"
	"github.com/merlon-go/merlon/csrf"
	"github.com/merlon-go/merlon/internal/deny"
	"github.com/merlon-go/merlon/internal/request"
)

// An exchange is one request and its answer. It holds what the controls keep
// about it in one allocation.
type exchange struct {
	info   request.Info
	writer writer
	csp    csp.State
	csrf   csrf.State
}

// writer notes the status of the answer, so that a panic before it can still
// become an error page and one after it cannot. It passes everything else on.
type writer struct {
	http.ResponseWriter
	status int // 0 until the header is written
}

func (w *writer) WriteHeader(status int) {
	if w.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *writer) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(p)
}

// ReadFrom keeps the way to sendfile open.
func (w *writer) ReadFrom(r io.Reader) (int64, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return io.Copy(w.ResponseWriter, r)
}

// Flush sends what is buffered, if the connection can.
func (w *writer) Flush() {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	// A writer that cannot flush is no error: nothing is lost by waiting.
	_ = http.NewResponseController(w.ResponseWriter).Flush()
}

// Hijack takes the connection over, if it can be.
func (w *writer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err == nil {
		w.status = http.StatusSwitchingProtocols
	}
	return conn, rw, err
}

// Unwrap lets http.ResponseController find the rest.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// outermost attaches the request's Info, bounds its body and turns a panic into
// an error page.
func (s *Site) outermost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := &exchange{writer: writer{ResponseWriter: w}}
		x.info.CSP, x.info.CSRF = &x.csp, &x.csrf
		_, r = request.Into(&x.info, r)
		defer s.recover(&x.writer, r)
		if r.Body != nil && r.Body != http.NoBody {
			// The limit counts bytes read, never what Content-Length claims, and
			// gets net/http's own writer so that it can close the connection.
			r.Body = http.MaxBytesReader(w, r.Body, s.set.Server.BodyLimit)
		}
		next.ServeHTTP(&x.writer, r)
	})
}

// recover ends a request whose handler panicked. What went wrong is logged with
// the request's id; the client learns the id.
func (s *Site) recover(w *writer, r *http.Request) {
	value := recover()
	if value == nil {
		return
	}
	if value == http.ErrAbortHandler {
		panic(value)
	}
	info, r := request.Attach(r)
	text := "panic"
	if err, ok := value.(error); ok {
		text = err.Error()
	} else if t, ok := value.(string); ok {
		text = t
	}
	s.logger.LogAttrs(r.Context(), slog.LevelError, "handler panicked",
		slog.String("request_id", info.ID()), slog.String("method", audit.Clean(r.Method)),
		slog.String("path", audit.Clean(r.URL.Path)), slog.String("panic", audit.Clean(text)),
		slog.String("stack", string(debug.Stack())))
	if w.status != 0 {
		// Half an answer is out: cut the connection, so that nobody takes it for a whole one.
		panic(http.ErrAbortHandler)
	}
	h := w.Header()
	h.Del("Content-Length")
	h.Del("Set-Cookie")
	s.deny(w, r, &deny.Refusal{Status: http.StatusInternalServerError, Control: "merlon", Reason: "panic"})
}
