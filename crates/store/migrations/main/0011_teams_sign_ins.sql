-- Who signed in to Teams for the contact center, each with what they are asked about with later, sealed.
CREATE TABLE teams_sign_ins (
    center  TEXT    NOT NULL,
    account INTEGER NOT NULL,
    sealed  TEXT    NOT NULL,
    PRIMARY KEY (center, account)
) STRICT, WITHOUT ROWID;
