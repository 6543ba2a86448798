-- The session of a sandbox: since when, how long, and for how many.
ALTER TABLE sandboxes ADD COLUMN session TEXT NOT NULL DEFAULT '{}'; -- JSON
-- Whether it may end by itself, so that it is looked after.
ALTER TABLE sandboxes ADD COLUMN session_bounded INTEGER NOT NULL DEFAULT 0;
CREATE INDEX sandboxes_bounded ON sandboxes (id) WHERE session_bounded = 1;
