package redis_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/merlon-go/merlon/internal/services"
	"github.com/merlon-go/merlon/ratelimit"
	"github.com/merlon-go/merlon/store/redis"
	"github.com/merlon-go/merlon/store/storetest"
)

// cluster starts a Cluster of two nodes that share the hash slots.
func cluster(t *testing.T) (url string) {
	t.Helper()
	var ports []string
	for i := range 2 {
		one, p := services.OwnRedis(t, "--cluster-enabled", "yes")
		words := []string{"CLUSTER", "ADDSLOTS"} // ADDSLOTSRANGE came with 7.0
		for slot := range 8192 {
			words = append(words, strconv.Itoa(i*8192+slot))
		}
		command(t, alone(one), words...)
		command(t, alone(one), "CLUSTER", "SET-CONFIG-EPOCH", strconv.Itoa(i+1))
		ports = append(ports, strconv.Itoa(p.Port))
	}
	command(t, "redis://127.0.0.1:"+ports[0], "CLUSTER", "MEET", "127.0.0.1", ports[1])
	for _, port := range ports {
		await(t, func() bool { return clusterUp(t, "redis://127.0.0.1:"+port) })
	}
	return "redis://127.0.0.1:" + ports[0] + ",127.0.0.1:" + ports[1]
}

// alone takes the database off a URL: a Cluster knows none.
func alone(url string) string { return strings.TrimSuffix(url, "/0") }

func clusterUp(t *testing.T, url string) bool {
	client, err := dial(t, url)
	if err != nil {
		return false
	}
	defer client.Close()
	info, err := client.Do(t.Context(), client.B().ClusterInfo().Build()).ToString()
	return err == nil && strings.Contains(info, "cluster_state:ok") && strings.Contains(info, "cluster_known_nodes:2")
}

func await(t *testing.T, ready func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !ready() {
		if time.Now().After(deadline) {
			t.Fatalf("not ready after %v", patience)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func TestCluster(t *testing.T) {
	t.Parallel()
	url := cluster(t)
	n := 0
	storetest.TestRateLimit(t, func(t *testing.T, now func() time.Time) ratelimit.Store {
		n++
		return open(t, url, redis.Options{Prefix: "test" + strconv.Itoa(n) + ":", Now: now}).RateLimits()
	})
}

// TestClusterFromOneAddress recognises a Cluster by asking.
func TestClusterFromOneAddress(t *testing.T) {
	t.Parallel()
	url, _, _ := strings.Cut(cluster(t), ",")
	s := newSite(t, url, patient)
	s.wantBack(t)
	for i, want := range []bool{true, true, false} {
		if r := s.allow(t, "local", "ann"); r.Degraded || r.Allowed != want {
			t.Errorf("event %d: %+v, want allowed %t", i, r, want)
		}
	}
}

// TestSentinel finds the server by name and follows it to a new one.
func TestSentinel(t *testing.T) {
	t.Parallel()
	master, first := services.OwnRedis(t)
	_, second := services.OwnRedis(t, "--replicaof", "127.0.0.1", strconv.Itoa(first.Port))
	port := strconv.Itoa(services.Sentinel(t, first.Port).Port)
	command(t, master, "SET", "hello", "sentinel")
	await(t, func() bool { return sentinelKnowsReplica(t, port) })

	s := newSite(t, "redis+sentinel://127.0.0.1:"+port+"/mymaster", patient)
	s.wantBack(t)
	if r := s.allow(t, "local", "ann"); r.Degraded {
		t.Errorf("%+v", r)
	}
	command(t, "redis://127.0.0.1:"+port, "SENTINEL", "SET", "mymaster", "down-after-milliseconds", "300")
	first.Kill()
	s.wantBack(t)
	if info := "redis://127.0.0.1:" + strconv.Itoa(second.Port); try(t, info, "SET", "hello", "new master") != nil {
		t.Error("the replica was not promoted")
	}
}

func sentinelKnowsReplica(t *testing.T, port string) bool {
	client, err := dial(t, "redis://127.0.0.1:"+port)
	if err != nil {
		return false
	}
	defer client.Close()
	replicas, err := client.Do(t.Context(), client.B().Arbitrary("SENTINEL", "REPLICAS", "mymaster").Build()).ToArray()
	if err != nil || len(replicas) != 1 {
		return false
	}
	facts, err := replicas[0].AsStrMap()
	return err == nil && facts["flags"] == "slave" && facts["master-link-status"] == "ok"
}
