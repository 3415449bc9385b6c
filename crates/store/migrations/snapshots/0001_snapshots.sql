-- A cache of states, kept in a file of its own so that a large one never waits in front of an
-- append. Deleting the file costs only a longer start.
CREATE TABLE snapshots (
    center         TEXT    NOT NULL,
    seq            INTEGER NOT NULL,
    schema_version INTEGER NOT NULL,
    integrity      BLOB    NOT NULL,
    body           BLOB    NOT NULL,
    PRIMARY KEY (center, seq)
) STRICT;
