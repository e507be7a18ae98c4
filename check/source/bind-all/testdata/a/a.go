package a

import "net"

func listen(address string) {
	net.Listen("tcp", ":8080")        // want "every address"
	net.Listen("tcp", "0.0.0.0:8080") // want "every address"
	net.Listen("tcp", "127.0.0.1:8080")
	net.Listen("unix", ":socket")
	net.Listen("tcp", address)
}
