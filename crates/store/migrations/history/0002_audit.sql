-- What people did and were refused, for good, in the order of the journal. `fact` is the event, `link` the SHA-256 of
-- the link before it, of `at_us` and of `fact`; the other columns are read from `fact`, to find it by.
CREATE TABLE audit (
    center    INTEGER NOT NULL,
    n         INTEGER NOT NULL,
    at_us     INTEGER NOT NULL,
    account   INTEGER,
    action    TEXT    NOT NULL,
    is_denied INTEGER NOT NULL,
    kind      TEXT,
    object    INTEGER,
    version   INTEGER,
    detail    TEXT    NOT NULL,
    fact      BLOB    NOT NULL,
    link      BLOB    NOT NULL,
    PRIMARY KEY (center, n),
    CHECK ((kind IS NULL) = (object IS NULL))
) STRICT;

CREATE INDEX audit_by_account ON audit (center, account, n);
CREATE INDEX audit_by_action ON audit (center, action, n);
CREATE INDEX audit_by_object ON audit (center, kind, object, n) WHERE kind IS NOT NULL;
CREATE INDEX audit_by_time ON audit (center, at_us, n);

-- A history that counts for nothing, because it is being made again, is the only one that entries go from.
CREATE TRIGGER audit_is_never_rewritten BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit is not rewritten'); END;
CREATE TRIGGER audit_is_never_removed BEFORE DELETE ON audit
    WHEN EXISTS (SELECT 1 FROM marks WHERE marks.center = OLD.center)
    BEGIN SELECT RAISE(ABORT, 'the audit is kept'); END;
