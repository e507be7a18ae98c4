package a

import (
	"net/http"
	"os/exec"
	"strconv"
)

func ping(w http.ResponseWriter, r *http.Request) {
	exec.Command("sh", "-c", "ping "+r.FormValue("host")).Run() // want `request data reaches Command`
	exec.Command("ping", r.FormValue("host")).Run()             // want `request data reaches Command`
	n, _ := strconv.Atoi(r.FormValue("n"))
	exec.Command("ping", "-c", strconv.Itoa(n), "localhost").Run()
	switch format := r.FormValue("format"); format {
	case "png", "jpg":
		exec.Command("convert", "x", "x."+format).Run()
	}
}

type job struct{ line string }

func enqueue(jobs chan job, r *http.Request) { jobs <- job{line: r.FormValue("line")} }

func work(jobs chan job) {
	for j := range jobs {
		exec.Command("bash", "-c", j.line).Run() // want `request data reaches Command`
	}
}

func serve(r *http.Request) {
	jobs := make(chan job, 1)
	enqueue(jobs, r)
	work(jobs)
}

func later(r *http.Request) {
	line := r.FormValue("line")
	go func(s string) { exec.Command("sh", "-c", s).Run() }(line) // want `request data reaches Command`
	defer func() { exec.Command("sh", "-c", line).Run() }()       // want `request data reaches Command`
}
