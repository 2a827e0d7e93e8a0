-- What rules remember, by rule and key; what belongs to the feed as a whole has an empty rule and key. `due_at` is when a
-- state is to be looked at without an event.
CREATE TABLE rule_state (
    feed TEXT NOT NULL,
    rule TEXT NOT NULL,
    key TEXT NOT NULL,
    state TEXT NOT NULL,
    due_at INTEGER,
    PRIMARY KEY (feed, rule, key)
) WITHOUT ROWID;
INSERT INTO rule_state (feed, rule, key, state, due_at)
    SELECT feed, '', '', json_object('kind', 'flood', 'recent', json(flood)), NULL FROM feed_state WHERE flood <> '[]';
ALTER TABLE feed_state DROP COLUMN flood;
-- Rows about connections, for those who follow nothing else.
CREATE INDEX log_connection ON log (rev) WHERE kind > 0;
-- Merging few segments often is most of the cost of the index.
INSERT INTO search (search, rank) VALUES ('automerge', 16);
