-- What callers hear, by the SHA-256 of the file. In pieces, so that no append waits for a long one; a sound
-- counts only when it is whole.
CREATE TABLE sounds (
    center        TEXT    NOT NULL,
    id            TEXT    NOT NULL,
    length_ms     INTEGER NOT NULL,
    peak_tenth_db INTEGER NOT NULL,
    n_bytes       INTEGER NOT NULL,
    is_whole      INTEGER NOT NULL DEFAULT 0,
    named_us      INTEGER NOT NULL,
    PRIMARY KEY (center, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE sound_pieces (
    center TEXT    NOT NULL,
    id     TEXT    NOT NULL,
    n      INTEGER NOT NULL,
    bytes  BLOB    NOT NULL,
    PRIMARY KEY (center, id, n),
    FOREIGN KEY (center, id) REFERENCES sounds (center, id) ON DELETE CASCADE
) STRICT;
