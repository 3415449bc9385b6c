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
