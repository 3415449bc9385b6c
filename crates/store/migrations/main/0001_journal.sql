-- One row per contact center: its lease. `epoch` is the fencing token.
CREATE TABLE centers (
    nr         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE,
    epoch      INTEGER NOT NULL,
    node       TEXT    NOT NULL,
    expires_us INTEGER NOT NULL
) STRICT;

-- The only truth. Rows are never changed.
CREATE TABLE journal (
    center    INTEGER NOT NULL REFERENCES centers (nr),
    seq       INTEGER NOT NULL,
    epoch     INTEGER NOT NULL,
    integrity BLOB    NOT NULL,
    body      BLOB    NOT NULL,
    PRIMARY KEY (center, seq)
) STRICT;

-- Personal data, sealed. An erased subject keeps its row (erased_us set, no bytes).
CREATE TABLE subjects (
    center    TEXT    NOT NULL,
    subject   INTEGER NOT NULL,
    key_id    INTEGER,
    sealed    BLOB,
    erased_us INTEGER,
    PRIMARY KEY (center, subject),
    CHECK ((sealed IS NULL) = (erased_us IS NOT NULL))
) STRICT;

-- At most one sealed checkpoint per leg, written in the transaction of the record it belongs to.
CREATE TABLE leg_checkpoints (
    center TEXT    NOT NULL,
    leg    INTEGER NOT NULL,
    sealed BLOB    NOT NULL,
    PRIMARY KEY (center, leg)
) STRICT, WITHOUT ROWID;
