package webtest_test

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"testing"
	"time"

	"github.com/merlon-go/merlon/internal/services"
	"github.com/merlon-go/merlon/internal/webtest"
)

// TestTwoNodesHoldOneLimitTogether runs two programs on one Redis and one
// PostgreSQL, takes Redis away under load, and brings it back.
func TestTwoNodesHoldOneLimitTogether(t *testing.T) {
	redisURL, redis := services.OwnRedis(t)
	env := []string{
		"MERLON_SECRET_KEY=Zx8-3kQmT1vW6yR0bN5cJ7hL2pD9sF4gA_eUiOaXwVq",
		"MERLON_ALLOWED_HOSTS=127.0.0.1",
		"MERLON_SECURE_SSL_REDIRECT=false",
		"DATABASE_URL=" + services.Postgres(t),
		"REDIS_URL=" + redisURL,
		"MERLON_DRAIN_DELAY=0",
		"MERLON_REDIS_TIMEOUT=20s", // this is about counting, on however slow a machine
		// One request in two hours comes back: nothing does during the test.
		"MERLON_RATE_LIMITS=page: GET /nowhere by network 12/d",
	}
	admin := fmt.Sprintf("127.0.0.1:%d", services.Port(t))
	first := webtest.Serve(t, append([]string{"MERLON_ADMIN_LISTEN=" + admin}, env...), "--migrate")
	second := webtest.Serve(t, env)
	ask := func(s *webtest.Server) int {
		res, err := http.Get(s.URL + "/nowhere")
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.StatusCode
	}
	served := func(rounds int) (n int) {
		for range rounds {
			for _, s := range []*webtest.Server{first, second} {
				switch status := ask(s); status {
				case http.StatusNotFound:
					n++
				case http.StatusTooManyRequests:
				default:
					t.Fatalf("status %d", status)
				}
			}
		}
		return n
	}
	if n := served(10); n != 12 {
		t.Errorf("two nodes served %d of 20 requests, want 12", n)
	}

	metric := func(line string) {
		t.Helper()
		res, err := http.Get("http://" + admin + "/metrics")
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != http.StatusOK || !regexp.MustCompile("(?m)^"+line+"$").Match(text) {
			t.Errorf("status %d, %v, not there: %s\n%s", res.StatusCode, err, line, text)
		}
	}
	metric(`merlon_ratelimit_decisions_total\{rule="page",decision="allowed"\} 6`)
	metric(`merlon_ratelimit_decisions_total\{rule="page",decision="refused"\} 4`)
	metric(`merlon_ratelimit_degraded 0`)

	redis.Kill()
	// Each node now counts by itself: with its share of the limit if it has
	// heard of the other yet, with the whole one otherwise.
	if n := served(20); n < 2 || n > 24 {
		t.Errorf("without Redis two nodes served %d of 40 requests, want at least one each and at most the limit each", n)
	}
	metric(`merlon_ratelimit_degraded_decisions_total\{rule="page"\} 20`)
	metric(`merlon_ratelimit_degraded 1`)

	services.RedisOn(t, redis.Port) // empty: the window is lost, and nothing else
	deadline := time.Now().Add(5 * time.Minute)
	for n := 0; n == 0; {
		if time.Now().After(deadline) {
			t.Fatal("the nodes do not come back to Redis")
		}
		n = served(1)
	}
	if n := served(20); n > 12 {
		t.Errorf("after Redis came back two nodes served %d more, want at most 12", n)
	}
}
