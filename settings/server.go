package settings

import "time"

// Server is how the program serves.
type Server struct {
	// Listen is the address of the site, AdminListen that of metrics and
	// pprof, "" for none.
	Listen, AdminListen string
	// BodyLimit is how many bytes of a request's body are read, HeaderLimit
	// how many of its headers.
	BodyLimit, HeaderLimit int64
	// ReadHeaderTimeout bounds the headers, ReadTimeout the whole request,
	// WriteTimeout the answer, IdleTimeout the wait for the next request.
	ReadHeaderTimeout, ReadTimeout, WriteTimeout, IdleTimeout time.Duration
	// DrainDelay is how long readiness is red before connections are refused,
	// ShutdownDeadline how long requests in flight may take after that.
	DrainDelay, ShutdownDeadline time.Duration

	port int
}

func (s *Server) settings() []Setting {
	return []Setting{
		cast(&s.Listen, Key{
			Name: "LISTEN", Type: "address", Default: "127.0.0.1:8000",
			Doc: "Address the site listens on. Under --dev and with DEBUG it must be a loopback address.",
		}, parseListen, identity),
		Int("PORT", &s.port, 0, 0, 65535, "Port to listen on where LISTEN is not set: on all interfaces (0.0.0.0), under --dev on 127.0.0.1. Platforms set it; 0 is none.").Unprefixed(),
		cast(&s.AdminListen, Key{
			Name: "ADMIN_LISTEN", Type: "address",
			Doc: "Address that serves metrics and pprof. Keep it private.",
		}, func(text string) (string, error) {
			if text == "" {
				return "", nil
			}
			return parseListen(text)
		}, identity),
		Size("BODY_LIMIT", &s.BodyLimit, 1<<20, 1, "Largest body of a request, counted as it is read; larger ones get 413."),
		Size("HEADER_LIMIT", &s.HeaderLimit, 32<<10, 4<<10, "Largest headers of a request; larger ones get 431."),
		Duration("READ_HEADER_TIMEOUT", &s.ReadHeaderTimeout, 5*time.Second, time.Second, time.Hour, "Time a client has to send its headers."),
		Duration("READ_TIMEOUT", &s.ReadTimeout, 30*time.Second, time.Second, 24*time.Hour, "Time a client has to send a whole request."),
		Duration("WRITE_TIMEOUT", &s.WriteTimeout, time.Minute, time.Second, 24*time.Hour, "Time from the end of the headers to the end of the answer."),
		Duration("IDLE_TIMEOUT", &s.IdleTimeout, 2*time.Minute, time.Second, 24*time.Hour, "Time a connection is kept open for another request."),
		Duration("DRAIN_DELAY", &s.DrainDelay, 5*time.Second, 0, time.Hour, "Time between readiness turning red and the last connection accepted.").Dev("0"),
		Duration("SHUTDOWN_DEADLINE", &s.ShutdownDeadline, 30*time.Second, 0, time.Hour, "Time requests in flight have to finish when the program stops."),
	}
}

// Log is what the program writes about itself.
type Log struct {
	// Level is debug, info, warn or error; Format is json or text.
	Level, Format string
}

func (l *Log) settings() []Setting {
	return []Setting{
		Choice("LOG_LEVEL", &l.Level, "info", "Least level that is logged.", "debug", "info", "warn", "error"),
		Choice("LOG_FORMAT", &l.Format, "json", "Form of the log.", "json", "text").Dev("text"),
	}
}
