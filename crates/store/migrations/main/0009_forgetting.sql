-- How far the customers of contacts were forgotten because their time was over: all below this contact, but those
-- that had to wait.
CREATE TABLE forgetting (
    center TEXT    NOT NULL PRIMARY KEY,
    below  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Contacts that were not over yet, or had a recording on legal hold.
CREATE TABLE forgetting_waits (
    center  TEXT    NOT NULL,
    contact INTEGER NOT NULL,
    PRIMARY KEY (center, contact)
) STRICT, WITHOUT ROWID;
