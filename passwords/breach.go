package passwords

import (
	"bufio"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// PwnedConfig says how to reach the range interface of Have I Been Pwned.
type PwnedConfig struct {
	// URL is the address that five hexadecimal digits are appended to. ""
	// means https://api.pwnedpasswords.com/range/. New refuses http except on
	// a loopback address.
	URL string
	// Client makes the requests. Nil means one of its own that follows no redirect.
	Client *http.Client
	// Timeout bounds one question. 0 means 2 seconds.
	Timeout time.Duration
}

// Pwned asks Have I Been Pwned, or a mirror of it, whether a password is known
// from a breach. Only the first five of forty digits of the password's SHA-1
// leave the process (k-anonymity): each stands for some two thousand passwords,
// and the answer is padded so that its size tells nothing.
//
// It is a [BreachSource], safe for concurrent use.
type Pwned struct {
	url     string
	client  *http.Client
	timeout time.Duration
}

// maxRange bounds an answer. Padded ones have some 40 KB.
const maxRange = 1 << 20

// NewPwned returns a Pwned, or the fault of cfg.
func NewPwned(cfg PwnedConfig) (*Pwned, error) {
	if cfg.URL == "" {
		cfg.URL = "https://api.pwnedpasswords.com/range/"
	}
	u, err := url.Parse(cfg.URL)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.User != nil {
		return nil, errors.New("passwords: Pwned URL: want https://host/path/")
	}
	if loopback := u.Hostname() == "127.0.0.1" || u.Hostname() == "::1" || u.Hostname() == "localhost"; u.Scheme != "https" && !(u.Scheme == "http" && loopback) {
		return nil, errors.New("passwords: Pwned URL: want https")
	}
	if cfg.Timeout < 0 {
		return nil, errors.New("passwords: Pwned Timeout must not be negative")
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = 2 * time.Second
	}
	if cfg.Client == nil {
		cfg.Client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	return &Pwned{url: strings.TrimSuffix(cfg.URL, "/") + "/", client: cfg.Client, timeout: cfg.Timeout}, nil
}

// Breached reports whether password is known. An error means that nothing is known.
func (p *Pwned) Breached(ctx context.Context, password string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	sum := sha1.Sum([]byte(password)) //merlon:ignore weak-hash -- the breach list is ordered by it; five digits of it leave the program
	digest := strings.ToUpper(hex.EncodeToString(sum[:]))
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+digest[:5], nil)
	if err != nil {
		return false, fmt.Errorf("passwords: asking the breach source: %w", err)
	}
	r.Header.Set("Add-Padding", "true")
	r.Header.Set("User-Agent", "merlon")
	resp, err := p.client.Do(r)
	if err != nil {
		var at *url.Error // its text has the address, and with it five digits of the hash
		if errors.As(err, &at) {
			err = at.Err
		}
		return false, fmt.Errorf("passwords: asking the breach source: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return false, fmt.Errorf("passwords: breach source answered %d", resp.StatusCode)
	}
	return findSuffix(io.LimitReader(resp.Body, maxRange), digest[5:])
}

// findSuffix reads lines of the form SUFFIX:COUNT. A count of 0 is padding.
func findSuffix(body io.Reader, suffix string) (bool, error) {
	lines := bufio.NewScanner(body)
	known, some := false, false
	for lines.Scan() {
		got, count, ok := strings.Cut(strings.TrimSpace(lines.Text()), ":")
		if !ok {
			continue
		}
		some = true
		if strings.EqualFold(got, suffix) && strings.Trim(count, "0") != "" {
			known = true
		}
	}
	if err := lines.Err(); err != nil {
		return false, fmt.Errorf("passwords: reading from the breach source: %w", err)
	}
	if !some {
		return false, errors.New("passwords: breach source gave no list")
	}
	return known, nil
}
