-- +goose Up

-- One row per session. Times are microseconds since 1970, 0 for never.
CREATE TABLE sessions (
    token_hash       BLOB    NOT NULL PRIMARY KEY CHECK (length(token_hash) = 32),
    id               TEXT    NOT NULL UNIQUE,
    user_id          TEXT    NOT NULL, -- '' until somebody signs in
    created_at       INTEGER NOT NULL,
    authenticated_at INTEGER NOT NULL,
    last_seen_at     INTEGER NOT NULL,
    expires_at       INTEGER NOT NULL,
    client           TEXT    NOT NULL,
    user_agent       TEXT    NOT NULL,
    version          INTEGER NOT NULL,
    data             BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_user ON sessions (user_id, last_seen_at);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
