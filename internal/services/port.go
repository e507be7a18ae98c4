package services

import (
	"fmt"
	"os"
	"syscall"
	"testing"
)

// Port returns a loopback port that nobody else gets until the test ends. A
// server of this test can listen on it, also again after it ended; as long as
// none does, who connects is refused.
func Port(tb testing.TB) int {
	tb.Helper()
	h, err := reserve(0)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(h.release)
	return h.port
}

// A hold keeps a port from everybody who does not name it.
type hold struct{ fd, port int }

// reserve binds a socket to the port, or to any for 0, and does not listen on
// it: the kernel then gives the port neither to who listens wherever there is
// room nor to a connection that goes out. Reuse is allowed only afterwards. So
// a port that another holds is refused, and a server, which allows reuse too,
// is let in beside us: among those, only listeners exclude each other.
func reserve(port int) (hold, error) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return hold{}, os.NewSyscallError("socket", err)
	}
	h := hold{fd, port}
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		h.release()
		return hold{}, os.NewSyscallError("bind", err)
	}
	if err := syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1); err != nil {
		h.release()
		return hold{}, os.NewSyscallError("setsockopt", err)
	}
	address, err := syscall.Getsockname(fd)
	if err != nil {
		h.release()
		return hold{}, os.NewSyscallError("getsockname", err)
	}
	h.port = address.(*syscall.SockaddrInet4).Port
	return h, nil
}

func (h hold) release() { syscall.Close(h.fd) }

// busOffset is how far from its own port a node of a Redis Cluster talks to the
// others.
const busOffset = 10_000

// reserveBoth reserves a port and that of the bus that goes with it.
func reserveBoth() (own, bus hold, err error) {
	for range 1000 {
		if own, err = reserve(0); err != nil {
			return own, bus, err
		}
		err = fmt.Errorf("port %d leaves no room for the bus", own.port)
		if own.port+busOffset < 1<<16 {
			if bus, err = reserve(own.port + busOffset); err == nil {
				return own, bus, nil
			}
		}
		own.release()
	}
	return own, bus, err
}
