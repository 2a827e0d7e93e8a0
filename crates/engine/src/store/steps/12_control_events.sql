-- The window leaves control events out unless it is asked for them, so the index of rows can list either: those of a feed
-- by whether they are control events, and, in the order of the log, all rows that are not. A control event has the
-- outcome -1.
CREATE TABLE feed_row_12 (
    feed TEXT NOT NULL,
    is_control INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (feed, is_control, seq)
) WITHOUT ROWID;
CREATE TABLE plain_row (seq INTEGER PRIMARY KEY);
INSERT INTO feed_row_12 (feed, is_control, seq)
    SELECT feed, outcome IS -1, seq FROM log
    WHERE seq <= coalesce((SELECT value FROM counter WHERE name = 'feed_indexed'), 0) ORDER BY feed, outcome IS -1, seq;
INSERT INTO plain_row (seq)
    SELECT seq FROM log
    WHERE outcome IS NOT -1 AND seq <= coalesce((SELECT value FROM counter WHERE name = 'feed_indexed'), 0) ORDER BY seq;
DROP TABLE feed_row;
ALTER TABLE feed_row_12 RENAME TO feed_row;
-- How many of a feed's rows are control events.
ALTER TABLE feed_state ADD COLUMN control_count INTEGER NOT NULL DEFAULT 0;
UPDATE feed_state SET control_count = counted.count
    FROM (SELECT feed, count(*) AS count FROM log WHERE outcome = -1 GROUP BY feed) AS counted
    WHERE counted.feed = feed_state.feed;
