-- +goose Up

-- One row for all reports about the same thing, at most a thousand rows. Times
-- are microseconds since 1970.
CREATE TABLE csp_reports (
    id        TEXT    NOT NULL PRIMARY KEY, -- hash of kind, enforced, directive, blocked and route
    kind      TEXT    NOT NULL,
    enforced  INTEGER NOT NULL CHECK (enforced IN (0, 1)),
    directive TEXT    NOT NULL,
    blocked   TEXT    NOT NULL,
    route     TEXT    NOT NULL,
    times     INTEGER NOT NULL, -- how often it was reported
    first_at  INTEGER NOT NULL,
    last_at   INTEGER NOT NULL,
    browsers  TEXT    NOT NULL, -- a JSON array
    sample    TEXT    NOT NULL,
    source    TEXT    NOT NULL,
    line      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
