-- What is known of how a feed resumes at an address: 0 nothing, 1 that the server replays, 2 that its ids tell no place.
ALTER TABLE cursor ADD COLUMN resume INTEGER NOT NULL DEFAULT 0;
-- Events that may be repeats of stored ones, in the order in which they came, until the end of their run tells.
CREATE TABLE held_repeat (
    feed TEXT NOT NULL,
    n INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (feed, n)
) WITHOUT ROWID;
