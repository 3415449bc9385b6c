-- What queues and agents did, as single facts (B15.5): figures of any period, threshold and variant are summed from them
-- when they are asked for, and the contacts behind a figure are found by the same conditions. The history is made again.

-- One row for each stay of a contact in a queue. `outcome` is the place in `StayEnd::ALL`.
CREATE TABLE stays (
    center          INTEGER NOT NULL,
    queue           INTEGER NOT NULL,
    entered_us      INTEGER NOT NULL,
    contact         INTEGER NOT NULL,
    nr              INTEGER NOT NULL,
    left_us         INTEGER,
    outcome         INTEGER,
    ring_us         INTEGER NOT NULL,
    version         INTEGER NOT NULL,
    threshold_s     INTEGER NOT NULL,
    short_abandon_s INTEGER NOT NULL,
    PRIMARY KEY (center, queue, entered_us, contact, nr),
    CHECK ((left_us IS NULL) = (outcome IS NULL))
) STRICT, WITHOUT ROWID;

-- Everything that is summed stands in the index.
CREATE INDEX stays_by_leave ON stays (center, queue, left_us, outcome, version, threshold_s, short_abandon_s, ring_us)
    WHERE left_us IS NOT NULL;
-- Who waited at an instant entered in the hour before it, or waits still, or waited long.
CREATE INDEX stays_open ON stays (center, queue, entered_us) WHERE left_us IS NULL;
CREATE INDEX stays_long ON stays (center, queue, entered_us, left_us) WHERE left_us - entered_us >= 3600000000;

-- One row for each engagement of an agent that is over. `transfer` is the place in `TransferKind::ALL`.
CREATE TABLE engagements (
    center      INTEGER NOT NULL,
    agent       INTEGER NOT NULL,
    handled_us  INTEGER NOT NULL,
    contact     INTEGER NOT NULL,
    nr          INTEGER NOT NULL,
    queue       INTEGER NOT NULL,
    is_outbound INTEGER NOT NULL,
    began_us    INTEGER NOT NULL,
    talk_us     INTEGER NOT NULL,
    hold_us     INTEGER NOT NULL,
    consult_us  INTEGER NOT NULL,
    wrap_up_us  INTEGER,
    disposition INTEGER,
    transfer    INTEGER,
    PRIMARY KEY (center, agent, handled_us, contact, nr)
) STRICT, WITHOUT ROWID;

CREATE INDEX engagements_by_queue
    ON engagements (center, queue, handled_us, is_outbound, talk_us, hold_us, consult_us, wrap_up_us, transfer);

-- One row for each offer that is over. `outcome` is none where agent and customer talked.
CREATE TABLE offers (
    center     INTEGER NOT NULL,
    agent      INTEGER NOT NULL,
    ended_us   INTEGER NOT NULL,
    contact    INTEGER NOT NULL,
    nr         INTEGER NOT NULL,
    queue      INTEGER NOT NULL,
    offered_us INTEGER NOT NULL,
    outcome    INTEGER,
    ring_us    INTEGER NOT NULL,
    PRIMARY KEY (center, agent, ended_us, contact, nr)
) STRICT, WITHOUT ROWID;

-- What each agent was, one span after the other; the last one goes on.
CREATE TABLE agent_spans (
    center        INTEGER NOT NULL,
    agent         INTEGER NOT NULL,
    from_us       INTEGER NOT NULL,
    until_us      INTEGER,
    state         INTEGER NOT NULL,
    why           INTEGER,
    reason        INTEGER,
    is_productive INTEGER NOT NULL,
    PRIMARY KEY (center, agent, from_us)
) STRICT, WITHOUT ROWID;

-- How the follower goes on with each agent, as it wrote it.
CREATE TABLE agent_threads (
    center INTEGER NOT NULL,
    agent  INTEGER NOT NULL,
    body   BLOB    NOT NULL,
    PRIMARY KEY (center, agent)
) STRICT;
