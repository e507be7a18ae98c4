package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/merlon-go/merlon/safesql"
	"github.com/merlon-go/merlon/store"
)

// translate gives the errors of constraints the names that every store uses.
// Nil stays nil.
func translate(err error) error {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code {
	case "23505":
		return fmt.Errorf("%w: %w", safesql.ErrUnique, err)
	case "23503":
		return fmt.Errorf("%w: %w", safesql.ErrReference, err)
	}
	return err
}

// explain turns an error of opening or migrating into one line and a hint. Nil
// and errors that are explained already come back as they are.
func explain(err error) error {
	var explained *store.Error
	if err == nil || errors.As(err, &explained) {
		return err
	}
	problem := func(what, hint string) error { return &store.Error{Problem: "postgres: " + what, Hint: hint} }
	var e *pgconn.PgError
	if errors.As(err, &e) {
		switch e.Code {
		case "28P01", "28000":
			return problem("the server refuses this user or password", "check user and password in DATABASE_URL, and pg_hba.conf")
		case "3D000":
			return problem("the database does not exist", "CREATE DATABASE, or another name in DATABASE_URL")
		case "42501":
			return problem("this user may not do that: "+e.Message, "GRANT it, or use the owner of the schema")
		case "25006":
			return problem("the server is read-only, as a standby is", "point DATABASE_URL to the primary, or add target_session_attrs=read-write")
		case "53300":
			return problem("the server has no free connection", "lower pool_max_conns, or raise the server's max_connections")
		case "57P03":
			return problem("the server is starting or stopping", "try again")
		case "55P03", "57014":
			return problem("another process holds the lock", "wait for it, or stop it")
		}
		return fmt.Errorf("postgres: %s (SQLSTATE %s)", e.Message, e.Code)
	}
	var connect *pgconn.ConnectError
	switch {
	case errors.As(err, &connect) || pgconn.Timeout(err) && !errors.Is(err, context.Canceled):
		return &store.Error{Problem: "postgres: no connection to the server", Hint: "check that it runs, host and port in DATABASE_URL, and sslmode", Err: cause(err)}
	}
	return fmt.Errorf("postgres: %w", err)
}

// cause returns the innermost error, which is one line and holds neither user
// nor database.
func cause(err error) error {
	for {
		if joined, ok := err.(interface{ Unwrap() []error }); ok && len(joined.Unwrap()) > 0 {
			err = joined.Unwrap()[0]
			continue
		}
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
