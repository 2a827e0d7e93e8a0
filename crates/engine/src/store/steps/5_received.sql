-- What a server sends again after a reconnect is found by its id.
CREATE INDEX log_id ON log (feed, last_event_id) WHERE explicit_id = 1;
-- Whether the log said that the feed cannot resume.
ALTER TABLE cursor ADD COLUMN is_told INTEGER NOT NULL DEFAULT 0;
