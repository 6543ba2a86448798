-- Shared documents: a log of updates, and states of the whole document from which the log goes on.
CREATE TABLE document_updates (
    document TEXT    NOT NULL, -- sandbox/name
    seq      INTEGER NOT NULL, -- consecutive within a document, beginning with 1
    at       INTEGER NOT NULL,
    author   TEXT,             -- nothing for the server itself
    body     BLOB    NOT NULL, -- Yjs update, first encoding
    PRIMARY KEY (document, seq)
) STRICT;

CREATE TABLE document_states (
    document TEXT    NOT NULL,
    seq      INTEGER NOT NULL, -- the last update that is in it
    at       INTEGER NOT NULL,
    body     BLOB    NOT NULL,
    sha256   BLOB    NOT NULL,
    PRIMARY KEY (document, seq)
) STRICT;

-- Whose edits carry this client number; nobody else may write under it.
CREATE TABLE document_clients (
    document TEXT    NOT NULL,
    client   INTEGER NOT NULL,
    owner    TEXT    NOT NULL,
    PRIMARY KEY (document, client)
) STRICT;
