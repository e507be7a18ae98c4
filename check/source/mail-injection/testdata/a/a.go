package a

import (
	"net/http"
	"net/mail"
	"net/smtp"
)

func send(r *http.Request) {
	smtp.SendMail("localhost:25", nil, r.FormValue("from"), []string{"a@example.com"}, []byte("x")) // want `request data reaches SendMail`
	from, err := mail.ParseAddress(r.FormValue("from"))
	if err != nil {
		return
	}
	smtp.SendMail("localhost:25", nil, from.Address, []string{"a@example.com"}, []byte("x"))
}
