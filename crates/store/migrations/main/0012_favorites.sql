-- People of the directory whom an account keeps at the top, by their object id in the tenant.
CREATE TABLE favorites (
    center  TEXT    NOT NULL,
    account INTEGER NOT NULL,
    person  TEXT    NOT NULL,
    PRIMARY KEY (center, account, person)
) STRICT, WITHOUT ROWID;
