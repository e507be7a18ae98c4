// Package resty stands in for the client.
package resty

type Response struct{}

type Request struct{}

func (r *Request) Get(url string) (*Response, error)             { return nil, nil }
func (r *Request) Execute(method, url string) (*Response, error) { return nil, nil }
func (r *Request) SetBody(body any) *Request                     { return r }
