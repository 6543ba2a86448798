-- People, and with what they show who they are. Secrets are kept as hashes only. Times are milliseconds since 1970 UTC.
CREATE TABLE users (
    id         TEXT    PRIMARY KEY,
    kind       TEXT    NOT NULL CHECK (kind IN ('account', 'guest')),
    name       TEXT    NOT NULL,
    login      TEXT    UNIQUE, -- lower case; nothing for guests
    password   TEXT,           -- PHC string; nothing for guests
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
    hash       BLOB    PRIMARY KEY,
    user_id    TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE tokens (
    id         TEXT    PRIMARY KEY,
    hash       BLOB    NOT NULL UNIQUE,
    user_id    TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name       TEXT    NOT NULL,
    scopes     TEXT    NOT NULL, -- names, separated by spaces
    created_at INTEGER NOT NULL,
    expires_at INTEGER
) STRICT;
CREATE INDEX tokens_by_user ON tokens (user_id);
