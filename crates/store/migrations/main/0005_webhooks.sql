CREATE TABLE webhooks (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    center     TEXT    NOT NULL,
    url        TEXT    NOT NULL,
    events     TEXT    NOT NULL,
    secret     TEXT    NOT NULL,
    created_by INTEGER NOT NULL REFERENCES accounts (id),
    created_us INTEGER NOT NULL
) STRICT;
CREATE INDEX webhooks_by_center ON webhooks (center);

-- Up to which record of the journal deliveries were made.
CREATE TABLE webhook_cursors (
    center TEXT    NOT NULL PRIMARY KEY,
    seq    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- due_us is NULL when nothing more is done: it was delivered, or was tried as often as allowed.
CREATE TABLE deliveries (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    webhook    INTEGER NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    event_key  TEXT    NOT NULL,
    event      TEXT    NOT NULL,
    body       TEXT    NOT NULL,
    created_us INTEGER NOT NULL,
    n_attempts INTEGER NOT NULL DEFAULT 0,
    due_us     INTEGER,
    tried_us   INTEGER,
    delivered  INTEGER NOT NULL DEFAULT 0,
    answer     TEXT,
    UNIQUE (webhook, event_key)
) STRICT;
CREATE INDEX deliveries_waiting ON deliveries (webhook, due_us) WHERE due_us IS NOT NULL;
CREATE INDEX deliveries_settled ON deliveries (created_us) WHERE due_us IS NULL;
