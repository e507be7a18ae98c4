package services_test

import (
	"errors"
	"fmt"
	"net"
	"syscall"
	"testing"

	"github.com/merlon-go/merlon/internal/services"
)

// TestPortIsNobodyElses listens on a reserved port, twice one after the other,
// and finds that until then it leads nowhere and that none of many others that
// want any port gets it.
func TestPortIsNobodyElses(t *testing.T) {
	port := services.Port(t)
	address := fmt.Sprintf("127.0.0.1:%d", port)
	if _, err := net.Dial("tcp", address); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Fatalf("a port on which nobody listens: %v", err)
	}
	for range 2 {
		own, err := net.Listen("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		conn.Close()
		if again, err := net.Listen("tcp", address); err == nil {
			again.Close()
			t.Error("two listen on one port")
		}
		own.Close()
		for range 500 {
			other, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer other.Close()
			if other.Addr().(*net.TCPAddr).Port == port {
				t.Fatal("the port was given to another")
			}
		}
	}
}
