-- +goose Up

-- One row per mail. Times are microseconds since 1970, 0 for never.
CREATE TABLE outbox (
    id         TEXT    NOT NULL PRIMARY KEY,
    recipient  TEXT    NOT NULL,
    payload    BYTEA   NOT NULL, -- encrypted; empty once the mail is sent or given up
    state      TEXT    NOT NULL CHECK (state IN ('pending', 'sent', 'dead')),
    created_at BIGINT  NOT NULL,
    due_at     BIGINT  NOT NULL, -- when to try; while claimed, the end of the lease
    expires_at BIGINT  NOT NULL,
    ended_at   BIGINT  NOT NULL, -- sent or given up
    attempts   BIGINT  NOT NULL,
    claim      TEXT    NOT NULL, -- token of the last claim
    reason     TEXT    NOT NULL  -- why the last attempt failed
);

CREATE INDEX outbox_by_due ON outbox (due_at) WHERE state = 'pending';
CREATE INDEX outbox_by_end ON outbox (ended_at) WHERE state <> 'pending';
