-- +goose Up

-- One row per session. Times are microseconds since 1970, 0 for never.
CREATE TABLE sessions (
    token_hash       BYTEA  NOT NULL PRIMARY KEY CHECK (length(token_hash) = 32),
    id               TEXT   NOT NULL UNIQUE,
    user_id          TEXT   NOT NULL, -- '' until somebody signs in
    created_at       BIGINT NOT NULL,
    authenticated_at BIGINT NOT NULL,
    last_seen_at     BIGINT NOT NULL,
    expires_at       BIGINT NOT NULL,
    client           TEXT   NOT NULL,
    user_agent       TEXT   NOT NULL,
    version          BIGINT NOT NULL,
    data             BYTEA  NOT NULL
);

CREATE INDEX sessions_by_user ON sessions (user_id, last_seen_at);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
