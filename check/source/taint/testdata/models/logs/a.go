// Package logs writes to the logs that people use.
package logs

import (
	"crypto/sha256"
	"fmt"
	"log"
	"net/http"

	"github.com/sirupsen/logrus"
	"go.uber.org/zap"
	"k8s.io/klog/v2"
)

func texts(r *http.Request) {
	q := r.FormValue("q")
	logrus.Info(q)                              // want log-injection
	logrus.WithField("q", q).Infof("got %s", q) // want log-injection
	logrus.WithField("q", q).Infof("got %q", q)
	klog.V(2).Infof("got %s", q) // want log-injection
	klog.InfoDepth(1, q)         // want log-injection
	klog.InfoS("got", "q", q)
	fmt.Println("got", q) // want log-injection:medium
}

func records(l *zap.Logger, s *zap.SugaredLogger, r *http.Request) {
	q := r.FormValue("q")
	l.Info("got", zap.String("q", q))
	l.Info("got " + q)   // want log-injection
	s.Infof("got %s", q) // want log-injection
}

// Logger is a program's own.
type Logger interface {
	Warnf(format string, args ...any)
	With(key string) Logger
}

func own(l Logger, r *http.Request) {
	l.With(r.FormValue("q")).Warnf("got %s", r.FormValue("q")) // want log-injection
}

type account struct{ Name, Password string }

func digest(s string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(s))) }

func getPassword() string { return keyring() }

func keyring() string { return "" }

func secrets(l *zap.Logger, a *account, r *http.Request) {
	log.Println(a.Password) // want secret-in-log:medium
	log.Println(a.Name)
	log.Println(getPassword())                        // want secret-in-log:medium
	logrus.WithField("password", a.Password)          // want secret-in-log:medium
	logrus.WithFields(logrus.Fields{"p": a.Password}) // want secret-in-log:medium
	l.Info("login", zap.String("p", a.Password))      // want secret-in-log:medium
	log.Println(r.Header.Get("Authorization"))        // want log-injection secret-in-log:medium
	password := "correct horse"
	log.Println("the password is " + password) // want secret-in-log:medium
	hashed := account{Password: digest(a.Name)}
	log.Println(hashed)
	passwordHash := digest(a.Password)
	log.Println(passwordHash)
}
