-- An address is only a key here, and a token may be a part of it: its hash is kept instead. The table is a new one, since
-- the pages of the old one hold remains of addresses also where no row is.
CREATE TABLE cursor_16 (
    feed TEXT NOT NULL,
    place TEXT NOT NULL,
    last_event_id TEXT NOT NULL,
    has_ids INTEGER NOT NULL,
    retry_ms INTEGER,
    last_at INTEGER NOT NULL,
    has_events INTEGER NOT NULL DEFAULT 1,
    told INTEGER NOT NULL DEFAULT 0,
    resume INTEGER NOT NULL DEFAULT 0,
    complete INTEGER,
    PRIMARY KEY (feed, place)
) WITHOUT ROWID;
INSERT INTO cursor_16 (feed, place, last_event_id, has_ids, retry_ms, last_at, has_events, told, resume, complete)
    SELECT feed, sha256(url), last_event_id, has_ids, retry_ms, last_at, has_events, told, resume, complete FROM cursor;
DROP TABLE cursor;
ALTER TABLE cursor_16 RENAME TO cursor;
