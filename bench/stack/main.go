// Stack measures what Merlon adds to a request that is really served over HTTP:
// requests a second and processor time a request of a bare handler and of the
// same handler behind every control, in one run, each with 64 MiB of live heap
// so that garbage collection costs what it costs in a real program.
//
//	go run ./stack [-rounds 3] [-duration 5s]
//
// It needs wrk. Each server is a process of its own, so that its processor time
// can be told from that of the load.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/merlon-go/merlon"
	"github.com/merlon-go/merlon/settings"
	"github.com/merlon-go/merlon/store/memory"
)

const liveHeap = 64 << 20

func main() {
	rounds := flag.Int("rounds", 3, "how often each server is measured")
	duration := flag.Duration("duration", 5*time.Second, "how long each measurement takes")
	serve := flag.String("serve", "", "internal: run a server: bare, merlon or merlon-limited")
	flag.Parse()
	log.SetFlags(0)
	if *serve != "" {
		log.Fatal(run(*serve))
	}
	if _, err := exec.LookPath("wrk"); err != nil {
		log.Fatal("wrk is missing; hint: apt-get install wrk")
	}
	results := map[string][]result{}
	modes := []string{"bare", "merlon", "merlon-limited"}
	for range *rounds {
		for _, mode := range modes {
			r, err := measure(mode, *duration)
			if err != nil {
				log.Fatal(err)
			}
			results[mode] = append(results[mode], r)
		}
	}
	bare := median(results["bare"])
	fmt.Println("| server | requests/s | of bare | CPU µs/request | added |")
	fmt.Println("|---|---:|---:|---:|---:|")
	for _, mode := range modes {
		r := median(results[mode])
		fmt.Printf("| %s | %.0f | %.2f | %.1f | %.1f |\n", mode, r.rate, r.rate/bare.rate, r.cpu, r.cpu-bare.cpu)
	}
}

type result struct{ rate, cpu float64 }

// median returns the median rate and the median processor time, each by itself.
func median(all []result) result {
	var rates, cpus []float64
	for _, r := range all {
		rates, cpus = append(rates, r.rate), append(cpus, r.cpu)
	}
	slices.Sort(rates)
	slices.Sort(cpus)
	return result{rates[len(rates)/2], cpus[len(cpus)/2]}
}

var perSecond = regexp.MustCompile(`Requests/sec:\s+([\d.]+)`)

func measure(mode string, duration time.Duration) (result, error) {
	server := exec.Command(os.Args[0], "-serve", mode)
	server.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	server.Stderr = os.Stderr
	out, err := server.StdoutPipe()
	if err != nil {
		return result{}, err
	}
	if err := server.Start(); err != nil {
		return result{}, err
	}
	defer server.Wait()
	defer server.Process.Kill()
	line := make([]byte, 64)
	n, err := out.Read(line)
	if err != nil {
		return result{}, fmt.Errorf("%s: %w", mode, err)
	}
	address := strings.TrimSpace(string(line[:n]))
	load := func(d time.Duration) (string, error) {
		text, err := exec.Command("wrk", "-t1", "-c32", "-d"+strconv.Itoa(max(1, int(d.Seconds())))+"s", "http://"+address+"/").CombinedOutput()
		return string(text), err
	}
	if _, err := load(time.Second); err != nil { // warm up
		return result{}, err
	}
	before, start := processor(server.Process.Pid), time.Now()
	text, err := load(duration)
	if err != nil {
		return result{}, fmt.Errorf("wrk: %w: %s", err, text)
	}
	used := processor(server.Process.Pid) - before
	m := perSecond.FindStringSubmatch(text)
	if m == nil || strings.Contains(text, "Non-2xx") {
		return result{}, fmt.Errorf("wrk said: %s", text)
	}
	rate, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		return result{}, err
	}
	return result{rate: rate, cpu: used.Seconds() / (rate * time.Since(start).Seconds()) * 1e6}, nil
}

// processor returns the processor time of a process, user and system.
func processor(pid int) time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		log.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	user, err1 := strconv.ParseInt(fields[11], 10, 64)
	system, err2 := strconv.ParseInt(fields[12], 10, 64)
	if err1 != nil || err2 != nil {
		log.Fatal("reading /proc: unknown form")
	}
	return time.Duration(user+system) * 10 * time.Millisecond // 100 ticks a second on Linux
}

func run(mode string) error {
	heap := make([]byte, liveHeap)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	var h http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Content-Type"] = contentType
		io.WriteString(w, "hello\n")
	})
	if mode != "bare" {
		if h, err = protect(h, mode == "merlon-limited"); err != nil {
			return err
		}
	}
	fmt.Println(l.Addr())
	err = http.Serve(l, h) //merlon:ignore server-timeouts -- a loopback server that lives as long as the measurement
	heap[0] = 1            // keeps it alive
	return err
}

var contentType = []string{"text/plain; charset=utf-8"}

// protect puts h behind every control. The built-in rate limits are about other
// paths; limited adds one that every request meets and is told about.
func protect(h http.Handler, limited bool) (http.Handler, error) {
	environ := []string{
		"MERLON_SECRET_KEY=Zx8-3kQmT1vW6yR0bN5cJ7hL2pD9sF4gA_eUiOaXwVq", //merlon:ignore secret-in-file -- serves a benchmark on loopback alone
		"MERLON_ALLOWED_HOSTS=127.0.0.1",
		"MERLON_SECURE_SSL_REDIRECT=false",
	}
	if limited {
		environ = append(environ, "MERLON_RATE_LIMITS=all: / by network 1000000/s")
	}
	set, err := settings.Load(settings.Source{Dir: os.TempDir(), Environ: environ})
	if err != nil {
		return nil, err
	}
	db := memory.New()
	site, err := merlon.New(set, merlon.Stores{Sessions: db.Sessions(), Accounts: db.Accounts(), Outbox: db.Outbox()})
	if err != nil {
		return nil, err
	}
	return site.Protect(h), nil
}
