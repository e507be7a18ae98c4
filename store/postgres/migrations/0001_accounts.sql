-- +goose Up

-- One row per user. Times are microseconds since 1970, 0 for never.
CREATE TABLE accounts (
    id               TEXT    NOT NULL PRIMARY KEY,
    email            TEXT    NOT NULL, -- as shown and mailed to
    canonical        TEXT    NOT NULL UNIQUE, -- as compared
    password         TEXT    NOT NULL, -- encoded hash
    verified         BOOLEAN NOT NULL,
    disabled         BOOLEAN NOT NULL,
    staff            BOOLEAN NOT NULL,
    created_at       BIGINT  NOT NULL,
    password_changed BIGINT  NOT NULL,
    last_login       BIGINT  NOT NULL,
    revoked_before   BIGINT  NOT NULL -- sessions authenticated earlier are void
);

-- One row per link that was mailed. The secret in the link is not kept.
CREATE TABLE account_tokens (
    hash       BYTEA   NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    purpose    TEXT    NOT NULL,
    user_id    TEXT    NOT NULL, -- '' where it belongs to no user yet
    email      TEXT    NOT NULL,
    canonical  TEXT    NOT NULL,
    password   TEXT    NOT NULL, -- hash chosen at sign-up, or ''
    browser    BYTEA   NOT NULL, -- hash of the cookie it is tied to, or empty
    created_at BIGINT  NOT NULL,
    expires_at BIGINT  NOT NULL,
    used_at    BIGINT  NOT NULL
);

CREATE INDEX account_tokens_by_address ON account_tokens (canonical, created_at);
CREATE INDEX account_tokens_by_user ON account_tokens (user_id);
CREATE INDEX account_tokens_by_expiry ON account_tokens (expires_at);
