-- A row for each recording that is kept, for good: what is erased is the key that opens its file, and the file.
-- `link` is the SHA-256 of the link before it and of `sheet`, so that no row can be changed, taken out or put
-- in without every later link telling.
CREATE TABLE recordings (
    center        TEXT    NOT NULL,
    id            INTEGER NOT NULL,
    n             INTEGER NOT NULL,
    contact       INTEGER NOT NULL,
    queue         INTEGER,
    started_us    INTEGER NOT NULL,
    sheet         BLOB    NOT NULL,
    link          BLOB    NOT NULL,
    key_id        INTEGER,
    wrapped       BLOB,
    keep_until_us INTEGER,
    held_us       INTEGER,
    held_by       INTEGER,
    hold_reason   INTEGER,
    erased_us     INTEGER,
    file_gone_us  INTEGER,
    PRIMARY KEY (center, id),
    UNIQUE (center, n),
    CHECK ((wrapped IS NULL) = (erased_us IS NOT NULL)),
    CHECK ((wrapped IS NULL) = (key_id IS NULL)),
    CHECK ((held_us IS NULL) = (held_by IS NULL))
) STRICT;

CREATE INDEX recordings_by_contact ON recordings (center, contact);
CREATE INDEX recordings_by_time ON recordings (center, started_us, id);
CREATE INDEX recordings_due ON recordings (center, keep_until_us)
    WHERE keep_until_us IS NOT NULL AND erased_us IS NULL AND held_us IS NULL;
CREATE INDEX recordings_whose_file_is_to_go ON recordings (center, id)
    WHERE erased_us IS NOT NULL AND file_gone_us IS NULL;

-- The agents who can be heard on a recording.
CREATE TABLE recording_agents (
    center TEXT    NOT NULL,
    agent  INTEGER NOT NULL,
    id     INTEGER NOT NULL,
    PRIMARY KEY (center, agent, id)
) STRICT, WITHOUT ROWID;

-- Whatever way a deletion comes, it does not pass a legal hold, and the chain is not rewritten.
CREATE TRIGGER recordings_on_hold_stay BEFORE UPDATE OF wrapped ON recordings
    WHEN NEW.wrapped IS NULL AND OLD.held_us IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'on legal hold'); END;
CREATE TRIGGER recordings_are_never_removed BEFORE DELETE ON recordings
    BEGIN SELECT RAISE(ABORT, 'recordings are erased, not removed'); END;
CREATE TRIGGER recordings_are_never_rewritten BEFORE UPDATE OF n, contact, started_us, sheet, link ON recordings
    BEGIN SELECT RAISE(ABORT, 'the chain is not rewritten'); END;
