-- Every contact that there was, made from the journal by a follower, in a file of its own so that its
-- writes never wait in front of an append. Deleting the file costs only the time to read the journal again.
CREATE TABLE centers (
    nr   INTEGER PRIMARY KEY,
    name TEXT    NOT NULL UNIQUE
) STRICT;

-- How far the follower is, written in the transaction of what it wrote. No row: nothing here counts.
CREATE TABLE marks (
    center INTEGER NOT NULL PRIMARY KEY REFERENCES centers (nr),
    schema INTEGER NOT NULL,
    seq    INTEGER NOT NULL,
    thread BLOB    NOT NULL
) STRICT;

-- One row for each contact. Ids rise with `arrived_us`, so that the order of ids is that of arrival.
CREATE TABLE contacts (
    center        INTEGER NOT NULL,
    contact       INTEGER NOT NULL,
    version       INTEGER NOT NULL,
    arrived_us    INTEGER NOT NULL,
    enqueued_us   INTEGER,
    connected_us  INTEGER,
    left_us       INTEGER,
    ended_us      INTEGER,
    is_outbound   INTEGER NOT NULL,
    is_message    INTEGER NOT NULL,
    has_message   INTEGER NOT NULL,
    has_recording INTEGER NOT NULL,
    endpoint      INTEGER NOT NULL,
    wait_ms       INTEGER NOT NULL,
    talk_ms       INTEGER NOT NULL,
    hold_ms       INTEGER NOT NULL,
    consult_ms    INTEGER NOT NULL,
    wrap_up_ms    INTEGER NOT NULL,
    transfers     INTEGER NOT NULL,
    end_reason    TEXT,
    disposition   INTEGER,
    customer      INTEGER,
    arrival       INTEGER NOT NULL,
    queues        TEXT    NOT NULL,
    agents        TEXT    NOT NULL,
    menu          TEXT    NOT NULL,
    correlation   TEXT    NOT NULL,
    PRIMARY KEY (center, contact)
) STRICT, WITHOUT ROWID;

CREATE INDEX contacts_by_arrival ON contacts (center, arrived_us);
CREATE INDEX contacts_by_customer ON contacts (center, customer, contact) WHERE customer IS NOT NULL;
-- With the wait: "abandoned after two minutes" is decided without a look at each contact.
CREATE INDEX contacts_by_end ON contacts (center, end_reason, contact, wait_ms) WHERE end_reason IS NOT NULL;
CREATE INDEX contacts_by_disposition ON contacts (center, disposition, contact) WHERE disposition IS NOT NULL;
CREATE INDEX contacts_open ON contacts (center, contact) WHERE ended_us IS NULL;
CREATE INDEX contacts_outbound ON contacts (center, contact) WHERE is_outbound = 1;
CREATE INDEX contacts_messages ON contacts (center, contact) WHERE is_message = 1;
CREATE INDEX contacts_recorded ON contacts (center, contact) WHERE has_recording = 1;
-- Who asks for long waits asks for few contacts: the highest threshold that holds is looked through.
CREATE INDEX contacts_waited_30_s ON contacts (center, contact) WHERE wait_ms >= 30000;
CREATE INDEX contacts_waited_2_min ON contacts (center, contact) WHERE wait_ms >= 120000;
CREATE INDEX contacts_waited_10_min ON contacts (center, contact) WHERE wait_ms >= 600000;

CREATE TABLE contact_queues (
    center  INTEGER NOT NULL,
    queue   INTEGER NOT NULL,
    contact INTEGER NOT NULL,
    PRIMARY KEY (center, queue, contact)
) STRICT, WITHOUT ROWID;

CREATE TABLE contact_agents (
    center  INTEGER NOT NULL,
    agent   INTEGER NOT NULL,
    contact INTEGER NOT NULL,
    PRIMARY KEY (center, agent, contact)
) STRICT, WITHOUT ROWID;

-- What a contact has been through, as its follower wrote it.
CREATE TABLE details (
    center  INTEGER NOT NULL,
    contact INTEGER NOT NULL,
    body    BLOB    NOT NULL,
    PRIMARY KEY (center, contact)
) STRICT;
