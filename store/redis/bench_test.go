package redis_test

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/merlon-go/merlon/internal/services"
	"github.com/merlon-go/merlon/ratelimit"
	"github.com/merlon-go/merlon/store/redis"
)

// BenchmarkTake measures decisions with 1, 16 and 64 callers, the
// processor time that each costs here and in the server, and how many share a
// call of the script.
func BenchmarkTake(b *testing.B) {
	url := services.Redis(b)
	store := open(b, url, redis.Options{}).RateLimits()
	for _, callers := range []int{1, 16, 64} {
		b.Run(strconv.Itoa(callers), func(b *testing.B) {
			b.ReportAllocs()
			client, server, calls := clientCPU(), serverCPU(b, url), scriptCalls(b, url)
			var left atomic.Int64
			left.Store(int64(b.N))
			var wg sync.WaitGroup
			b.ResetTimer()
			for c := range callers {
				wg.Go(func() {
					cells := make([]ratelimit.Cell, 1)
					for n := c; left.Add(-1) >= 0; n++ {
						cells[0] = ratelimit.Cell{Interval: time.Microsecond, Burst: 1_000_000, Cost: 1}
						cells[0].Key[0], cells[0].Key[1] = byte(n), byte(n>>8)
						ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
						if _, err := store.Take(ctx, cells); err != nil {
							b.Error(err)
						}
						cancel()
					}
				})
			}
			wg.Wait()
			b.StopTimer()
			b.ReportMetric(float64((clientCPU()-client).Nanoseconds())/1000/float64(b.N), "client-µs/op")
			b.ReportMetric(float64((serverCPU(b, url)-server).Nanoseconds())/1000/float64(b.N), "server-µs/op")
			b.ReportMetric(float64(b.N)/float64(scriptCalls(b, url)-calls), "op/call")
		})
	}
}

func clientCPU() time.Duration {
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func serverCPU(tb testing.TB, url string) time.Duration {
	var total float64
	for line := range strings.Lines(serverInfo(tb, url, "cpu")) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		if name == "used_cpu_user" || name == "used_cpu_sys" {
			seconds, _ := strconv.ParseFloat(value, 64)
			total += seconds
		}
	}
	return time.Duration(total * float64(time.Second))
}

func scriptCalls(tb testing.TB, url string) (n int) {
	_, stats, _ := strings.Cut(serverInfo(tb, url, "commandstats"), "cmdstat_evalsha:calls=")
	count, _, _ := strings.Cut(stats, ",")
	n, _ = strconv.Atoi(count)
	return n
}

func serverInfo(tb testing.TB, url, section string) string {
	client := mustDial(tb, url)
	info, err := client.Do(context.Background(), client.B().Info().Section(section).Build()).ToString()
	if err != nil {
		tb.Fatal(err)
	}
	return info
}
