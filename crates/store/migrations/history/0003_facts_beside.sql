-- What lists ask of a contact stands beside its queues and agents too: "the calls out of a queue", and whatever a scope
-- of some queues and agents holds, is found and counted without a look at each contact. The history is made again.
DROP TABLE contact_queues;
DROP TABLE contact_agents;

CREATE TABLE contact_queues (
    center        INTEGER NOT NULL,
    queue         INTEGER NOT NULL,
    contact       INTEGER NOT NULL,
    is_outbound   INTEGER NOT NULL,
    is_message    INTEGER NOT NULL,
    has_recording INTEGER NOT NULL,
    is_open       INTEGER NOT NULL,
    wait_ms       INTEGER NOT NULL,
    end_reason    TEXT,
    disposition   INTEGER,
    PRIMARY KEY (center, queue, contact)
) STRICT, WITHOUT ROWID;

CREATE TABLE contact_agents (
    center        INTEGER NOT NULL,
    agent         INTEGER NOT NULL,
    contact       INTEGER NOT NULL,
    is_outbound   INTEGER NOT NULL,
    is_message    INTEGER NOT NULL,
    has_recording INTEGER NOT NULL,
    is_open       INTEGER NOT NULL,
    wait_ms       INTEGER NOT NULL,
    end_reason    TEXT,
    disposition   INTEGER,
    PRIMARY KEY (center, agent, contact)
) STRICT, WITHOUT ROWID;
