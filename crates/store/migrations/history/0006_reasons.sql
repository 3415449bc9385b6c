-- What a reason for being not ready was when a span began: its version, and whether the time was not paid.
ALTER TABLE agent_spans ADD COLUMN reason_version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE agent_spans ADD COLUMN is_unpaid INTEGER NOT NULL DEFAULT 0;
