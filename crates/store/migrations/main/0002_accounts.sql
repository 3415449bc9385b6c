CREATE TABLE accounts (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    center        TEXT    NOT NULL,
    username      TEXT    NOT NULL COLLATE NOCASE,
    password_hash TEXT    NOT NULL,
    roles         TEXT    NOT NULL,
    agent         INTEGER,
    name_subject  INTEGER,
    disabled      INTEGER NOT NULL DEFAULT 0,
    created_us    INTEGER NOT NULL,
    UNIQUE (center, username)
) STRICT;

-- Tokens are stored as their SHA-256 only: a copy of the database opens no session.
CREATE TABLE sessions (
    token_hash   BLOB    NOT NULL PRIMARY KEY,
    account      INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_us   INTEGER NOT NULL,
    expires_us   INTEGER NOT NULL,
    last_seen_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_account ON sessions (account, created_us);
CREATE INDEX sessions_by_expiry ON sessions (expires_us);

CREATE TABLE setup_tokens (
    token_hash BLOB    NOT NULL PRIMARY KEY,
    center     TEXT    NOT NULL,
    account    INTEGER REFERENCES accounts (id) ON DELETE CASCADE,
    expires_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX setup_tokens_by_center ON setup_tokens (center);

CREATE TABLE tv_tokens (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    token_hash BLOB    NOT NULL UNIQUE,
    center     TEXT    NOT NULL,
    board      TEXT    NOT NULL,
    created_by INTEGER NOT NULL REFERENCES accounts (id),
    created_us INTEGER NOT NULL
) STRICT;
CREATE INDEX tv_tokens_by_center ON tv_tokens (center);
