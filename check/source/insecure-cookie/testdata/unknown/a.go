package unknown

import (
	"net/http"

	"github.com/gofiber/fiber/v2"
	"github.com/gorilla/sessions"
	"github.com/valyala/fasthttp"
)

func options(s *sessions.Session) {
	s.Options = &sessions.Options{Path: "/", Secure: true}                                                  // want "lacks HttpOnly"
	s.Options = &sessions.Options{Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteNoneMode} // want "SameSite is None"
	s.Options = &sessions.Options{Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteDefaultMode}
}

func others(c *fiber.Ctx, id string, f *fasthttp.Cookie) {
	c.Cookie(&fiber.Cookie{Name: "sid", Value: id}) // want "lacks Secure"
	c.Cookie(&fiber.Cookie{Name: "sid", Value: id, Secure: true, HTTPOnly: true})
	c.Cookie(&fiber.Cookie{Name: "sid", MaxAge: -1})
	f.SetSecure(true)
	f.SetHTTPOnly(false) // want "HTTPOnly is switched off"
}
