-- +goose Up

-- One row for all reports about the same thing, at most a thousand rows. Times
-- are microseconds since 1970.
CREATE TABLE csp_reports (
    id        TEXT COLLATE "C" NOT NULL PRIMARY KEY, -- hash of kind, enforced, directive, blocked and route
    kind      TEXT    NOT NULL,
    enforced  BOOLEAN NOT NULL,
    directive TEXT    NOT NULL,
    blocked   TEXT    NOT NULL,
    route     TEXT    NOT NULL,
    times     BIGINT  NOT NULL, -- how often it was reported
    first_at  BIGINT  NOT NULL,
    last_at   BIGINT  NOT NULL,
    browsers  TEXT    NOT NULL, -- a JSON array
    sample    TEXT    NOT NULL,
    source    TEXT    NOT NULL,
    line      BIGINT  NOT NULL
);
