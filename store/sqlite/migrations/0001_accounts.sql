-- +goose Up

-- One row per user. Times are microseconds since 1970, 0 for never.
CREATE TABLE accounts (
    id               TEXT    NOT NULL PRIMARY KEY,
    email            TEXT    NOT NULL, -- as shown and mailed to
    canonical        TEXT    NOT NULL UNIQUE, -- as compared
    password         TEXT    NOT NULL, -- encoded hash
    verified         INTEGER NOT NULL CHECK (verified IN (0, 1)),
    disabled         INTEGER NOT NULL CHECK (disabled IN (0, 1)),
    staff            INTEGER NOT NULL CHECK (staff IN (0, 1)),
    created_at       INTEGER NOT NULL,
    password_changed INTEGER NOT NULL,
    last_login       INTEGER NOT NULL,
    revoked_before   INTEGER NOT NULL -- sessions authenticated earlier are void
) STRICT, WITHOUT ROWID;

-- One row per link that was mailed. The secret in the link is not kept.
CREATE TABLE account_tokens (
    hash       BLOB    NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    purpose    TEXT    NOT NULL,
    user_id    TEXT    NOT NULL, -- '' where it belongs to no user yet
    email      TEXT    NOT NULL,
    canonical  TEXT    NOT NULL,
    password   TEXT    NOT NULL, -- hash chosen at sign-up, or ''
    browser    BLOB    NOT NULL, -- hash of the cookie it is tied to, or empty
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX account_tokens_by_address ON account_tokens (canonical, created_at);
CREATE INDEX account_tokens_by_user ON account_tokens (user_id);
CREATE INDEX account_tokens_by_expiry ON account_tokens (expires_at);
