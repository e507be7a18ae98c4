package store

import (
	"net/http"
	"os/exec"
)

var kept string

func Keep(w http.ResponseWriter, r *http.Request) { kept = r.FormValue("x") }

func RunKept() { exec.Command("sh", "-c", kept).Run() } // want command-injection

func Kept() string { return kept }

func Run(command string) { exec.Command("sh", "-c", command).Run() } // want command-injection command-injection:medium
