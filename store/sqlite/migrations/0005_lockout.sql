-- +goose Up

-- One row per counter of failed guesses. Times are microseconds since 1970, 0
-- for never. Ids are keyed hashes; subject and the notes in log are encrypted.
CREATE TABLE lockout_counters (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    kind         TEXT    NOT NULL,
    subject      TEXT    NOT NULL,
    account      BLOB    NOT NULL, -- empty for none
    network      BLOB    NOT NULL, -- empty for none
    ring         TEXT    NOT NULL, -- the last failures, oldest first, 21 characters each
    last         TEXT    NOT NULL,
    streak       INTEGER NOT NULL,
    strikes      INTEGER NOT NULL,
    not_before   INTEGER NOT NULL,
    locked_until INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    log          TEXT    NOT NULL -- the last attempts, newest first
) STRICT, WITHOUT ROWID;

CREATE INDEX lockout_counters_by_account ON lockout_counters (account);
CREATE INDEX lockout_counters_by_network ON lockout_counters (network);
CREATE INDEX lockout_counters_by_lock ON lockout_counters (locked_until);
CREATE INDEX lockout_counters_by_expiry ON lockout_counters (expires_at);
