package a

import (
	"encoding/json"
	"encoding/xml"
	"io"
)

type user struct {
	Name     string
	Password string `json:"password"`
}

type safe struct {
	Name       string
	Password   string `json:"-"`
	SecretName string
	MaxTokens  int
	apiKey     string
}

type own struct{ Password string }

func (own) MarshalJSON() ([]byte, error) { return []byte(`"***"`), nil }

func write(w io.Writer, u *user, list []user) {
	json.Marshal(u)                 // want "Password is written as JSON"
	json.NewEncoder(w).Encode(list) // want "Password is written as JSON"
	xml.Marshal(struct {            // want "Key is written as XML"
		Key []byte `xml:"api_key"`
	}{})
	json.Marshal(safe{})
	json.Marshal(own{})
	json.Marshal(user{Name: "a", Password: mask(u.Password)})
}

func mask(string) string { return "***" }
