-- Which rows a feed has, and which of them carry which id. These were indexes of `log`; as tables they are filled many rows
-- at a time, because each commit that keeps them up to date rewrites a page for every feed. The counter says up to which
-- row they are filled.
CREATE TABLE feed_row (feed TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (feed, seq)) WITHOUT ROWID;
CREATE TABLE feed_id (
    feed TEXT NOT NULL,
    id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (feed, id, seq)
) WITHOUT ROWID;
INSERT INTO feed_row (feed, seq) SELECT feed, seq FROM log ORDER BY feed, seq;
INSERT INTO feed_id (feed, id, seq)
    SELECT feed, last_event_id, seq FROM log WHERE explicit_id = 1 ORDER BY feed, last_event_id, seq;
INSERT OR REPLACE INTO counter (name, value) SELECT 'feed_indexed', coalesce(max(seq), 0) FROM log;
DROP INDEX log_feed;
DROP INDEX log_id;
