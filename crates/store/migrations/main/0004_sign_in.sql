-- People of Microsoft Entra: tenant and object id; NULL for local accounts.
ALTER TABLE accounts ADD COLUMN tenant TEXT;
ALTER TABLE accounts ADD COLUMN object TEXT;
CREATE UNIQUE INDEX accounts_by_person ON accounts (center, tenant, object) WHERE tenant IS NOT NULL;
CREATE INDEX accounts_by_agent ON accounts (center, agent) WHERE agent IS NOT NULL;

-- A session that Entra vouches for: its refresh token, sealed, when Entra last said yes, and when it is
-- asked again; NULL for those opened by a password.
ALTER TABLE sessions ADD COLUMN renewal TEXT;
ALTER TABLE sessions ADD COLUMN confirmed_us INTEGER;
ALTER TABLE sessions ADD COLUMN due_us INTEGER;

-- An API key acts through an account of its own, so that what it does has a name; nobody signs in with it.
ALTER TABLE accounts ADD COLUMN is_key INTEGER NOT NULL DEFAULT 0;
CREATE TABLE api_keys (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    token_hash   BLOB    NOT NULL UNIQUE,
    center       TEXT    NOT NULL,
    account      INTEGER NOT NULL REFERENCES accounts (id),
    name         TEXT    NOT NULL,
    scopes       TEXT    NOT NULL,
    created_by   INTEGER NOT NULL REFERENCES accounts (id),
    created_us   INTEGER NOT NULL,
    expires_us   INTEGER,
    last_used_us INTEGER
) STRICT;
CREATE INDEX api_keys_by_center ON api_keys (center);
