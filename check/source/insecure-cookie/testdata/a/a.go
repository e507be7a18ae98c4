package a

import (
	"net/http"
	"time"
)

func set(w http.ResponseWriter, id, lang string) {
	http.SetCookie(w, &http.Cookie{Name: "session_id", Value: id}) // want "session_id lacks Secure, HttpOnly, SameSite"
	http.SetCookie(w, &http.Cookie{Name: "__Host-session", Value: id, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	http.SetCookie(w, &http.Cookie{Name: "authToken", Value: id, Secure: false, HttpOnly: true, SameSite: http.SameSiteStrictMode}) // want "authToken lacks Secure"
	http.SetCookie(w, &http.Cookie{Name: "lang", Value: lang, Secure: true, SameSite: http.SameSiteLaxMode})
	http.SetCookie(w, &http.Cookie{Name: "sid", Value: id, Secure: true, HttpOnly: true}) // browsers take Lax
	http.SetCookie(w, &http.Cookie{Name: "session_id", Value: "", MaxAge: -1})
	http.SetCookie(w, &http.Cookie{Name: "session_id", Value: "", Expires: time.Unix(0, 0)})
	c := &http.Cookie{Name: "sid", Value: id, SameSite: http.SameSiteLaxMode}
	c.Secure = true
	c.HttpOnly = true
	http.SetCookie(w, c)
	d := &http.Cookie{Name: "sid", Value: id, Secure: true, HttpOnly: true, SameSite: http.SameSiteNoneMode} // want "sid lacks SameSite"
	d.HttpOnly = false                                                                                       // want "HttpOnly is switched off"
	http.SetCookie(w, d)
}
