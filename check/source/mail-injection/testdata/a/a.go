package a

import (
	"bufio"
	"fmt"
	"io"
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

func write(c *smtp.Client, r *http.Request) error {
	w, err := c.Data()
	if err != nil {
		return err
	}
	defer w.Close()
	fmt.Fprintf(w, "Subject: %s\r\n", r.FormValue("subject")) // want `request data reaches a mail`
	fmt.Fprintf(w, "Subject: %q\r\n", r.FormValue("subject"))
	b := bufio.NewWriter(w)
	b.WriteString("To: " + r.FormValue("to")) // want `request data reaches a mail`
	io.WriteString(w, "\r\nhello")
	_, err = w.Write([]byte(r.FormValue("text"))) // want `request data reaches a mail`
	return err
}
