-- The last run of each sandbox: how it was when it ended or was parked.
CREATE TABLE runs (
    sandbox     TEXT    PRIMARY KEY REFERENCES sandboxes (id) ON DELETE CASCADE,
    status      TEXT    NOT NULL, -- JSON
    asked       TEXT    NOT NULL, -- JSON: the options as somebody gave them
    diagnostics TEXT    NOT NULL, -- JSON
    picture     BLOB    NOT NULL, -- JSON
    sha256      BLOB    NOT NULL, -- of the picture
    machine     TEXT,             -- the file of a parked machine
    wall_nanos  INTEGER NOT NULL, -- time outside that a parked machine has had
    held        INTEGER NOT NULL  -- whether somebody holds it
) STRICT;
