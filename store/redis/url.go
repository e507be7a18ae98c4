package redis

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/redis/rueidis"
)

// ParseURL reads where Redis is:
//
//	redis://[USER:PASSWORD@]HOST[:PORT][/DB]        a server, or any node of a Cluster, which is recognised
//	redis://HOST:PORT,HOST:PORT                     several nodes of a Cluster; redis+cluster is the same
//	redis+sentinel://[USER:PASSWORD@]HOST[:PORT],HOST[:PORT]/MASTER[/DB]
//	unix:///PATH
//
// With rediss or valkeys in place of redis, over TLS; valkey is the same as
// redis. A query may hold
//
//	addr=HOST:PORT                         one more node or Sentinel, any number of times
//	master_set=MASTER                      the hosts are Sentinels
//	sentinel_username, sentinel_password   with which to ask them
//	client_name                            shown by CLIENT LIST
//	protocol=2                             for servers that do not speak RESP3
//	ssl_ca_certs=FILE                      trust these authorities instead of the system's
//	ssl_certfile=FILE, ssl_keyfile=FILE    a certificate of one's own
//	ssl_cert_reqs=none, skip_verify=true   believe any certificate: whoever is on the way reads the password
//
// Anything else is an error, which never shows the URL, because it may hold a
// password.
func ParseURL(text string) (rueidis.ClientOption, error) {
	option := defaults()
	if len(text) > 4096 {
		return option, errors.New("redis: URL is longer than 4096 bytes")
	}
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok {
		return option, errors.New("redis: not a URL; write it like redis://host:6379/0")
	}
	// net/url does not know several hosts: it gets none, we keep all.
	authority, tail := rest, ""
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		authority, tail = rest[:i], rest[i:]
	}
	hosts := authority[strings.LastIndexByte(authority, '@')+1:]
	u, err := url.Parse("x://" + authority[:len(authority)-len(hosts)] + "host" + tail)
	if err != nil || u.Fragment != "" {
		return option, errors.New("redis: malformed URL")
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return option, errors.New("redis: malformed URL")
	}
	kind, topology, _ := strings.Cut(scheme, "+")
	option.Username = u.User.Username()
	option.Password, _ = u.User.Password()
	switch {
	case kind == "unix" && topology == "":
		return unixSocket(option, hosts, u.Path, query)
	case topology != "" && topology != "sentinel" && topology != "cluster",
		kind != "redis" && kind != "rediss" && kind != "valkey" && kind != "valkeys":
		return option, fmt.Errorf("redis: unknown scheme %q; there are redis, rediss, valkey, valkeys, their +sentinel and +cluster forms, and unix", scheme)
	case kind == "rediss" || kind == "valkeys":
		option.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if err := options(&option, query); err != nil {
		return option, err
	}
	if err := path(&option, u.Path, topology); err != nil {
		return option, err
	}
	option.InitAddress, err = addresses(strings.Join(append([]string{hosts}, query["addr"]...), ","), option.Sentinel.MasterSet != "")
	if err == nil && option.SelectDB > 0 && option.Sentinel.MasterSet == "" && len(option.InitAddress) > 1 {
		err = errors.New("redis: a Cluster has only database 0")
	}
	return option, err
}

// defaults are the options that no URL changes.
func defaults() rueidis.ClientOption {
	return rueidis.ClientOption{
		// Retries are off: a decision is wanted now or not at all. An exchange
		// that takes longer than ConnWriteTimeout means a dead connection.
		DisableCache: true, DisableRetry: true, ConnWriteTimeout: lockoutTimeout,
		Dialer: net.Dialer{Timeout: time.Second, KeepAlive: 5 * time.Second},
		// Batches of decisions have connections of their own (see script.run),
		// at most flights at a time; what else is asked shares one.
		DisableAutoPipelining: true, BlockingPoolSize: 4 * flights, PipelineMultiplex: -1,
		ReadBufferEachConn: bufferSize, WriteBufferEachConn: bufferSize,
	}
}

func unixSocket(option rueidis.ClientOption, hosts, path string, query url.Values) (rueidis.ClientOption, error) {
	if hosts != "" || len(path) < 2 || query.Has("addr") || query.Has("master_set") {
		return option, errors.New("redis: write a Unix socket like unix:///run/redis.sock")
	}
	option.InitAddress, option.ForceSingleClient = []string{path}, true
	option.DialCtxFn = func(ctx context.Context, path string, dialer *net.Dialer, _ *tls.Config) (net.Conn, error) {
		return dialer.DialContext(ctx, "unix", path)
	}
	return option, options(&option, query)
}

func addresses(hosts string, sentinel bool) ([]string, error) {
	port := "6379"
	if sentinel {
		port = "26379"
	}
	var all []string
	for _, host := range strings.Split(hosts, ",") {
		u, err := url.Parse("redis://" + host)
		if err != nil || u.Hostname() == "" || u.Host != host {
			return nil, errors.New("redis: malformed host in URL")
		}
		p := u.Port()
		if p == "" {
			p = port
		}
		all = append(all, net.JoinHostPort(u.Hostname(), p))
	}
	return all, nil
}

func options(option *rueidis.ClientOption, query url.Values) error {
	for name, values := range query {
		if len(values) != 1 && name != "addr" {
			return fmt.Errorf("redis: option %q is there %d times", name, len(values))
		}
		switch name {
		case "addr":
		case "master_set":
			option.Sentinel.MasterSet = values[0]
		case "sentinel_username":
			option.Sentinel.Username = values[0]
		case "sentinel_password":
			option.Sentinel.Password = values[0]
		case "client_name":
			option.ClientName = values[0]
		case "protocol":
			if values[0] != "2" && values[0] != "3" {
				return errors.New("redis: protocol is 2 or 3")
			}
			option.AlwaysRESP2 = values[0] == "2"
		case "ssl_ca_certs", "ssl_certfile", "ssl_keyfile", "ssl_cert_reqs", "skip_verify":
			if option.TLSConfig == nil {
				return fmt.Errorf("redis: option %q without TLS; write rediss or valkeys", name)
			}
		default:
			return fmt.Errorf("redis: unknown option %q; there are addr, master_set, sentinel_username, sentinel_password, "+
				"client_name, protocol, ssl_ca_certs, ssl_certfile, ssl_keyfile, ssl_cert_reqs and skip_verify", name)
		}
	}
	if option.TLSConfig == nil {
		return nil
	}
	return encryption(option.TLSConfig, query)
}

// encryption reads the options about TLS, which have redis-py's names.
func encryption(config *tls.Config, query url.Values) error {
	if file := query.Get("ssl_ca_certs"); file != "" {
		pem, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("redis: ssl_ca_certs: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return errors.New("redis: ssl_ca_certs: no certificate in the file")
		}
	}
	if cert, key := query.Get("ssl_certfile"), query.Get("ssl_keyfile"); cert != "" || key != "" {
		if key == "" {
			key = cert // one file may hold both
		}
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			return fmt.Errorf("redis: ssl_certfile: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	switch query.Get("ssl_cert_reqs") {
	case "", "required", "CERT_REQUIRED":
	case "none", "CERT_NONE":
		config.InsecureSkipVerify = true //merlon:ignore insecure-tls -- asked for by the URL, as redis-py does
	default:
		return errors.New("redis: ssl_cert_reqs is required or none")
	}
	if text := query.Get("skip_verify"); text != "" {
		skip, err := strconv.ParseBool(text)
		if err != nil {
			return errors.New("redis: skip_verify is true or false")
		}
		config.InsecureSkipVerify = config.InsecureSkipVerify || skip
	}
	return nil
}

// path takes the master's name and the database from the path.
func path(option *rueidis.ClientOption, text, topology string) error {
	text = strings.Trim(text, "/")
	if topology == "sentinel" && option.Sentinel.MasterSet == "" {
		if option.Sentinel.MasterSet, text, _ = strings.Cut(text, "/"); option.Sentinel.MasterSet == "" {
			return errors.New("redis: Sentinel needs the master's name: redis+sentinel://host/mymaster")
		}
	}
	sentinel := option.Sentinel.MasterSet != ""
	if sentinel {
		if topology == "cluster" {
			return errors.New("redis: a Cluster is not found through Sentinel")
		}
		option.Sentinel.TLSConfig, option.Sentinel.Dialer = option.TLSConfig, option.Dialer
		// Sentinels tell of a new master once; whoever missed it asks.
		option.Sentinel.TopologyRefreshInterval = 5 * time.Second
	}
	if text == "" {
		return nil
	}
	number, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return errors.New("redis: the database is not a number")
	}
	if number > 0 && topology == "cluster" {
		return errors.New("redis: a Cluster has only database 0")
	}
	option.SelectDB = int(number)
	// A Cluster has database 0 only: another one means a single server.
	option.ForceSingleClient = number > 0 && !sentinel
	return nil
}
