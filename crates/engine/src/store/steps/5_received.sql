-- What a server sends again after a reconnect is found by its id.
CREATE INDEX log_id ON log (feed, last_event_id) WHERE explicit_id = 1;
-- Whether the feed ever sent an event, and for which reasons the log said that it cannot resume.
ALTER TABLE cursor ADD COLUMN has_events INTEGER NOT NULL DEFAULT 1;
ALTER TABLE cursor ADD COLUMN told INTEGER NOT NULL DEFAULT 0;
-- How an event came: the layout of its lines, or the lines as they came; -1 where they were too large to keep.
ALTER TABLE log ADD COLUMN layout INTEGER;
ALTER TABLE log ADD COLUMN raw BLOB;
ALTER TABLE log ADD COLUMN chunks INTEGER;
ALTER TABLE log ADD COLUMN took_us INTEGER;
-- When the group began to be written, and how many events were in it.
ALTER TABLE log ADD COLUMN stored_at INTEGER;
ALTER TABLE log ADD COLUMN in_group INTEGER;
