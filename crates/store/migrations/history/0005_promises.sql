-- One row for each callback of which it is known whether its promise was kept. `promise` is 0 for kept, 1 for broken.
CREATE TABLE callback_promises (
    center    INTEGER NOT NULL,
    queue     INTEGER NOT NULL,
    judged_us INTEGER NOT NULL,
    callback  INTEGER NOT NULL,
    promise   INTEGER NOT NULL,
    PRIMARY KEY (center, queue, judged_us, callback)
) STRICT, WITHOUT ROWID;
