// Package clients asks others, on behalf of those who ask it.
package clients

import (
	"context"
	"net/http"
	"net/rpc"
	"os"

	"github.com/go-git/go-git/v5"
	"github.com/go-resty/resty/v2"
	"github.com/gorilla/websocket"
)

func ask(c *resty.Request, d *websocket.Dialer, r *http.Request) {
	u := r.FormValue("url")
	c.Get(u)            // want ssrf
	c.Execute("GET", u) // want ssrf
	c.Execute(u, "https://example.test/")
	c.SetBody(u).Get("https://example.test/")
	d.Dial(u, nil) // want ssrf
	d.Dial("wss://example.test/", http.Header{"X": {u}})
	git.PlainClone("/srv", false, &git.CloneOptions{URL: u}) // want ssrf
}

func message(c *websocket.Conn) {
	_, text, _ := c.ReadMessage()
	os.ReadFile(string(text)) // want path-traversal
}

// UploadRequest is as generated code has it.
type UploadRequest struct{ Name string }

func (*UploadRequest) ProtoMessage() {}

type server struct{}

func (server) Upload(ctx context.Context, in *UploadRequest) error {
	return os.Remove(in.Name) // want path-traversal
}

type uploadServer interface {
	Recv() (*UploadRequest, error)
}

func (server) Stream(s uploadServer) error {
	in, err := s.Recv()
	if err != nil {
		return err
	}
	return os.Remove(in.Name) // want path-traversal
}

type queryResolver struct{}

func (queryResolver) File(ctx context.Context, name string) ([]byte, error) {
	return os.ReadFile(name) // want path-traversal
}

// Arith is served by net/rpc.
type Arith struct{}

func (*Arith) Delete(name string, reply *int) error {
	return os.Remove(name) // want path-traversal
}

func serve() error { return rpc.Register(&Arith{}) }
