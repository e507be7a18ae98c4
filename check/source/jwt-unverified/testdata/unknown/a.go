package unknown

import (
	"errors"

	"github.com/golang-jwt/jwt/v5"
)

var key = []byte("k")

func parse(text string) {
	jwt.Parse(text, func(t *jwt.Token) (any, error) { return key, nil }) // want "own choice of algorithm"
	jwt.Parse(text, func(t *jwt.Token) (any, error) {
		if _, ok := t.Method.(*jwt.SigningMethodHMAC); !ok {
			return nil, errors.New("no")
		}
		return key, nil
	})
	jwt.Parse(text, func(t *jwt.Token) (any, error) { return key, nil }, jwt.WithValidMethods([]string{"HS256"}))
	p := jwt.NewParser()
	p.ParseUnverified(text, nil)                  // want "not verified"
	jwt.NewWithClaims(jwt.SigningMethodNone, nil) // want "without a signature"
	jwt.NewParser(jwt.WithoutClaimsValidation())  // want "expired"
}
