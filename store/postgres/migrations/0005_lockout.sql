-- +goose Up

-- One row per counter of failed guesses. Times are microseconds since 1970, 0
-- for never. Ids are keyed hashes; subject and the notes in log are encrypted.
CREATE TABLE lockout_counters (
    id           BYTEA   NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    kind         TEXT    NOT NULL,
    subject      TEXT    NOT NULL,
    account      BYTEA   NOT NULL, -- empty for none
    network      BYTEA   NOT NULL, -- empty for none
    ring         TEXT COLLATE "C" NOT NULL, -- the last failures, oldest first, 21 characters each
    last         TEXT    NOT NULL,
    streak       BIGINT  NOT NULL,
    strikes      BIGINT  NOT NULL,
    not_before   BIGINT  NOT NULL,
    locked_until BIGINT  NOT NULL,
    expires_at   BIGINT  NOT NULL,
    log          TEXT    NOT NULL -- the last attempts, newest first
);

CREATE INDEX lockout_counters_by_account ON lockout_counters (account);
CREATE INDEX lockout_counters_by_network ON lockout_counters (network);
CREATE INDEX lockout_counters_by_lock ON lockout_counters (locked_until);
CREATE INDEX lockout_counters_by_expiry ON lockout_counters (expires_at);
