-- The one Teams account of a contact center. A row whose document is NULL says that there is none any more; its
-- version goes on, so that whoever read the one before changes nothing of the next.
CREATE TABLE teams_accounts (
    center     TEXT    NOT NULL PRIMARY KEY,
    version    INTEGER NOT NULL,
    document   TEXT,
    secret     TEXT,
    findings   TEXT,
    changed_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Accounts that have Teams switched on.
CREATE TABLE teams_users (
    center  TEXT    NOT NULL,
    account INTEGER NOT NULL,
    PRIMARY KEY (center, account)
) STRICT, WITHOUT ROWID;
