package a

import (
	"net"

	"golang.org/x/crypto/ssh"
)

func configs(k ssh.PublicKey) {
	_ = &ssh.ClientConfig{HostKeyCallback: ssh.InsecureIgnoreHostKey()}                                // want "any SSH server"
	_ = &ssh.ClientConfig{HostKeyCallback: func(string, net.Addr, ssh.PublicKey) error { return nil }} // want "any SSH server"
	_ = &ssh.ClientConfig{HostKeyCallback: ssh.FixedHostKey(k)}
	any := ssh.HostKeyCallback(func(string, net.Addr, ssh.PublicKey) error { return nil })
	_ = &ssh.ClientConfig{HostKeyCallback: any} // want "any SSH server"
}
