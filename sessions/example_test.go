package sessions_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/merlon-go/merlon/sessions"
	"github.com/merlon-go/merlon/store/memory"
)

func Example() {
	manager, err := sessions.New(sessions.Config{Store: memory.New().Sessions()})
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		// … after the password was checked:
		if err := manager.Start(w, r, "ann"); err != nil {
			http.Error(w, "try again later", http.StatusServiceUnavailable)
			return
		}
		http.Redirect(w, r, "/", http.StatusSeeOther)
	})
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		if s := sessions.From(r.Context()); s != nil {
			fmt.Fprintln(w, "hello", s.UserID())
			return
		}
		fmt.Fprintln(w, "hello stranger")
	})
	handler := manager.Handler(mux)

	login := httptest.NewRecorder()
	handler.ServeHTTP(login, httptest.NewRequest("POST", "/login", nil))
	home := httptest.NewRequest("GET", "/", nil)
	home.AddCookie(login.Result().Cookies()[0])
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, home)
	fmt.Print(answer.Body)
	// Output: hello ann
}
