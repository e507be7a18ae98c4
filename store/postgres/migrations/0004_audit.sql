-- +goose Up

-- The audit trail. Each row's hash seals the row and the hash before it.
CREATE TABLE audit_events (
    sequence    BIGINT NOT NULL PRIMARY KEY,
    happened_at BIGINT NOT NULL, -- microseconds since 1970
    name        TEXT   NOT NULL,
    request_id  TEXT   NOT NULL,
    client      TEXT   NOT NULL,
    actor       TEXT   NOT NULL,
    subject     TEXT   NOT NULL,
    control     TEXT   NOT NULL,
    reason      TEXT   NOT NULL,
    detail      TEXT   NOT NULL,
    hash        BYTEA  NOT NULL
);

CREATE INDEX audit_events_by_time ON audit_events (happened_at);
CREATE INDEX audit_events_by_actor ON audit_events (actor, sequence);
CREATE INDEX audit_events_by_subject ON audit_events (subject, sequence);
