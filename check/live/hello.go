package live

import (
	"encoding/binary"
	"errors"
	"io"
	"slices"
)

// The versions of the protocol, as on the wire.
const (
	ssl30 = 0x0300
	tls10 = 0x0301
	tls11 = 0x0302
	tls12 = 0x0303
	tls13 = 0x0304
)

// fallbackSCSV says that the client already failed with a higher version (RFC 7507).
const fallbackSCSV = 0x5600

// A hello is a ClientHello (RFC 8446 section 4.1.2, RFC 5246, RFC 6101), built
// by hand because crypto/tls offers neither old suites nor old versions, and
// does not let its user order anything.
type hello struct {
	version    uint16 // the highest that is offered
	suites     []Suite
	groups     []Group
	share      bool // offer a key share for x25519, else wait for the server's choice
	serverName string
	compress   bool
	random     [32]byte
}

func u16(b []byte, v int) []byte { return binary.BigEndian.AppendUint16(b, uint16(v)) }

// block appends content with its length in 16 bits.
func block(b, content []byte) []byte { return append(u16(b, len(content)), content...) }

// bytes returns the record that holds the hello.
func (h *hello) bytes() []byte {
	legacy := min(h.version, tls12)
	body := u16(nil, int(legacy))
	body = append(body, h.random[:]...)
	if h.version == tls13 {
		body = append(append(body, 32), h.random[:]...) // the session id of middlebox compatibility
	} else {
		body = append(body, 0)
	}
	var suites []byte
	for _, s := range h.suites {
		suites = u16(suites, int(s))
	}
	body = block(body, suites)
	if h.compress {
		body = append(body, 2, 1, 0) // DEFLATE, none
	} else {
		body = append(body, 1, 0)
	}
	if h.version > ssl30 {
		body = block(body, h.extensions())
	}
	message := append([]byte{1, byte(len(body) >> 16)}, u16(nil, len(body))...)
	message = append(message, body...)
	record := u16([]byte{22}, int(min(legacy, tls10)))
	return block(record, message)
}

func (h *hello) extensions() []byte {
	var all []byte
	add := func(id int, content []byte) { all = block(u16(all, id), content) }
	if h.serverName != "" {
		name := block([]byte{0}, []byte(h.serverName))
		add(0x0000, block(nil, name))
	}
	add(0xff01, []byte{0}) // secure renegotiation (RFC 5746)
	add(0x0017, nil)       // extended master secret
	if len(h.groups) > 0 {
		var list []byte
		for _, g := range h.groups {
			list = u16(list, int(g))
		}
		add(0x000a, block(nil, list))
		add(0x000b, []byte{1, 0}) // uncompressed points
	}
	if h.version >= tls12 {
		var list []byte
		for _, s := range []int{0x0403, 0x0503, 0x0603, 0x0807, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201, 0x0402, 0x0202} {
			list = u16(list, s)
		}
		add(0x000d, block(nil, list))
	}
	if h.version == tls13 {
		add(0x002b, []byte{2, 3, 4}) // TLS 1.3 alone
		var shares []byte
		if h.share {
			// Any 32 bytes are a public key of x25519: nobody computes the secret.
			shares = block(u16(nil, 0x001d), h.random[:])
		}
		add(0x0033, block(nil, shares))
		add(0x002d, []byte{1, 1})
	}
	return all
}

// A reply is what a server answered to a hello.
type reply struct {
	alert       int // -1 if there was none
	version     uint16
	suite       Suite
	group       Group // of the key exchange, 0 if none was seen
	dhBits      int   // of finite-field Diffie-Hellman, 0 if there was none
	compression byte
	renegotiate bool // secure renegotiation is understood
	retry       bool // HelloRetryRequest
}

// accepted reports whether the server went along.
func (r *reply) accepted() bool { return r != nil && r.alert < 0 && r.version != 0 }

var errReply = errors.New("live: not an answer of TLS")

// maxReply bounds what is read of a server's answer: its certificates are part
// of it.
const maxReply = 128 << 10

// retryRandom marks a ServerHello as a HelloRetryRequest (RFC 8446 section 4.1.3).
var retryRandom = [32]byte{
	0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
	0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
}

// readReply reads the answer to a hello: a ServerHello, and up to TLS 1.2 what
// follows until the key exchange is known, or an alert.
func readReply(from io.Reader) (*reply, error) {
	r := &reply{alert: -1}
	var messages []byte
	from = io.LimitReader(from, maxReply)
	for {
		var head [5]byte
		if _, err := io.ReadFull(from, head[:]); err != nil {
			return r.orError(err)
		}
		content := make([]byte, min(int(binary.BigEndian.Uint16(head[3:])), 1<<14+2048))
		if _, err := io.ReadFull(from, content); err != nil {
			return r.orError(err)
		}
		switch head[0] {
		case 21:
			if len(content) < 2 {
				return nil, errReply
			}
			if content[0] == 2 || r.version == 0 { // fatal, or before anything else
				if r.version == 0 {
					r.alert = int(content[1])
				}
				return r, nil
			}
		case 22:
			messages = append(messages, content...)
			done, rest, err := r.messages(messages)
			if err != nil || done {
				return r.orError(err)
			}
			messages = rest
		default:
			return r.orError(errReply)
		}
	}
}

// orError returns what is known, or the error if that is nothing.
func (r *reply) orError(err error) (*reply, error) {
	if r.version != 0 || r.alert >= 0 {
		return r, nil
	}
	if err == nil {
		err = errReply
	}
	return nil, err
}

// messages reads whole handshake messages and returns what is left.
func (r *reply) messages(b []byte) (done bool, rest []byte, err error) {
	for len(b) >= 4 {
		size := int(b[1])<<16 | int(b[2])<<8 | int(b[3])
		if size > maxReply {
			return false, nil, errReply
		}
		if len(b) < 4+size {
			return false, b, nil
		}
		kind, body := b[0], b[4:4+size]
		b = b[4+size:]
		switch kind {
		case 2:
			if !r.serverHello(body) {
				return false, nil, errReply
			}
			if r.version == tls13 {
				return true, nil, nil // what follows is encrypted
			}
		case 12:
			r.keyExchange(body)
			return true, nil, nil
		case 14:
			return true, nil, nil
		}
	}
	return false, b, nil
}

func (r *reply) serverHello(b []byte) bool {
	if len(b) < 35 {
		return false
	}
	version := binary.BigEndian.Uint16(b)
	retry := slices.Equal(b[2:34], retryRandom[:])
	id := int(b[34])
	if len(b) < 35+id+3 {
		return false
	}
	b = b[35+id:]
	r.suite, r.compression = Suite(binary.BigEndian.Uint16(b)), b[2]
	b = b[3:]
	r.version, r.retry = version, retry
	if len(b) < 2 {
		return true // no extensions
	}
	b = b[2:]
	for len(b) >= 4 {
		id, size := binary.BigEndian.Uint16(b), int(binary.BigEndian.Uint16(b[2:]))
		if len(b) < 4+size {
			return true
		}
		content := b[4 : 4+size]
		b = b[4+size:]
		switch {
		case id == 0xff01:
			r.renegotiate = true
		case id == 0x002b && size == 2:
			r.version = binary.BigEndian.Uint16(content)
		case id == 0x0033 && size >= 2:
			r.group = Group(binary.BigEndian.Uint16(content))
		}
	}
	return true
}

// keyExchange reads the group of a ServerKeyExchange.
func (r *reply) keyExchange(b []byte) {
	switch {
	case r.suite.has("ECDH"):
		if len(b) >= 3 && b[0] == 3 {
			r.group = Group(binary.BigEndian.Uint16(b[1:]))
		}
	case r.suite.has("DHE_", "DH_anon"):
		if len(b) < 2 {
			return
		}
		size := int(binary.BigEndian.Uint16(b))
		if len(b) < 2+size {
			return
		}
		p := b[2 : 2+size]
		for len(p) > 0 && p[0] == 0 {
			p = p[1:]
		}
		r.dhBits = len(p) * 8
	}
}
