package a

type PublicKey interface{ Marshal() []byte }

type Permissions struct{ Extensions map[string]string }

type ServerConfig struct {
	PublicKeyCallback func(user string, key PublicKey) (*Permissions, error)
}

type server struct{ last PublicKey }

func (s *server) field() *ServerConfig {
	return &ServerConfig{PublicKeyCallback: func(user string, key PublicKey) (*Permissions, error) {
		s.last = key // want "last is kept"
		return &Permissions{}, nil
	}}
}

func mapped(c *ServerConfig) {
	keys := map[string]PublicKey{}
	c.PublicKeyCallback = func(user string, key PublicKey) (*Permissions, error) {
		keys[user] = key // want "keys is kept"
		return &Permissions{}, nil
	}
}

func right(c *ServerConfig, known map[string]bool) {
	c.PublicKeyCallback = func(user string, key PublicKey) (*Permissions, error) {
		text := ""
		text = string(key.Marshal())
		if !known[text] {
			return nil, nil
		}
		return &Permissions{Extensions: map[string]string{"key": text}}, nil
	}
}
