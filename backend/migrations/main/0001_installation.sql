-- One row: this installation. Its id tells installations apart in logs and exports.
CREATE TABLE installation (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    id         TEXT    NOT NULL,
    created_at INTEGER NOT NULL -- milliseconds since 1970-01-01 UTC
) STRICT;
