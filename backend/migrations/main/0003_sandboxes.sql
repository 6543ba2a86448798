-- Sandboxes, who is in them, and by which links. Documents are kept apart.
CREATE TABLE sandboxes (
    id          TEXT    PRIMARY KEY,
    name        TEXT    NOT NULL,
    owner       TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    template    TEXT,
    forked_from TEXT,
    switches    TEXT    NOT NULL, -- JSON
    limits      TEXT    NOT NULL, -- JSON
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE links (
    id         TEXT    PRIMARY KEY,
    hash       BLOB    NOT NULL UNIQUE,
    sandbox    TEXT    NOT NULL REFERENCES sandboxes (id) ON DELETE CASCADE,
    capability TEXT    NOT NULL CHECK (capability IN ('view', 'edit', 'instruct')),
    created_by TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER
) STRICT;
CREATE INDEX links_by_sandbox ON links (sandbox);

-- The owner has a row too. Whoever came by a link is in for as long as the link lives.
CREATE TABLE members (
    sandbox   TEXT    NOT NULL REFERENCES sandboxes (id) ON DELETE CASCADE,
    user_id   TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role      TEXT    NOT NULL CHECK (role IN ('viewer', 'editor', 'instructor', 'owner')),
    state     TEXT    NOT NULL CHECK (state IN ('active', 'pending', 'banned')),
    link      TEXT    REFERENCES links (id) ON DELETE SET NULL,
    joined_at INTEGER NOT NULL,
    PRIMARY KEY (sandbox, user_id)
) STRICT;
CREATE INDEX members_by_user ON members (user_id);

CREATE TABLE chat (
    sandbox TEXT    NOT NULL REFERENCES sandboxes (id) ON DELETE CASCADE,
    seq     INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    user_id TEXT    NOT NULL,
    name    TEXT    NOT NULL,
    body    TEXT    NOT NULL,
    PRIMARY KEY (sandbox, seq)
) STRICT;

-- Who did what. Every row holds the hash of itself and the one before, so that a change of the past shows.
CREATE TABLE audit (
    seq    INTEGER PRIMARY KEY,
    at     INTEGER NOT NULL,
    actor  TEXT,
    action TEXT    NOT NULL,
    object TEXT    NOT NULL,
    detail TEXT    NOT NULL,
    chain  BLOB    NOT NULL
) STRICT;
CREATE INDEX audit_by_object ON audit (object, seq);

-- Answers to requests that carried an idempotency key, for as long as they may be repeated.
CREATE TABLE idempotency (
    user_id TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    key     TEXT    NOT NULL,
    request BLOB    NOT NULL, -- hash of what was asked
    status  INTEGER,          -- nothing while it is under way
    body    TEXT,
    at      INTEGER NOT NULL,
    PRIMARY KEY (user_id, key)
) STRICT;
