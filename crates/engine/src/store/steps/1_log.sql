-- `log` is what people read. Everything that decides what happens next stands in tables of its own, so that
-- deleting history rewinds nothing.
CREATE TABLE log (
    seq INTEGER PRIMARY KEY,
    rev INTEGER NOT NULL,
    feed TEXT NOT NULL,
    at INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    event_type TEXT,
    last_event_id TEXT,
    explicit_id INTEGER,
    origin TEXT,
    replayed INTEGER,
    severity INTEGER,
    outcome INTEGER,
    rule TEXT,
    detail TEXT,
    data TEXT
);
CREATE UNIQUE INDEX log_rev ON log (rev);
CREATE INDEX log_feed ON log (feed, seq);
CREATE INDEX log_alerts ON log (feed, seq, severity) WHERE outcome > 0;
CREATE INDEX log_alerts_all ON log (seq) WHERE outcome > 0;
CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE cursor (
    feed TEXT NOT NULL,
    url TEXT NOT NULL,
    last_event_id TEXT NOT NULL,
    has_ids INTEGER NOT NULL,
    retry_ms INTEGER,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (feed, url)
) WITHOUT ROWID;
CREATE TABLE feed_state (
    feed TEXT PRIMARY KEY,
    row_count INTEGER NOT NULL,
    event_count INTEGER NOT NULL,
    alert_count INTEGER NOT NULL,
    read_seq INTEGER NOT NULL,
    flood TEXT NOT NULL,
    digest INTEGER
) WITHOUT ROWID;
CREATE TABLE delivery (
    id INTEGER PRIMARY KEY,
    feed TEXT NOT NULL,
    seq INTEGER NOT NULL,
    is_digest INTEGER NOT NULL,
    count INTEGER NOT NULL,
    counts TEXT NOT NULL,
    severity INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    state INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    text TEXT,
    shown_at INTEGER
);
CREATE INDEX delivery_waiting ON delivery (id) WHERE state < 2;
CREATE INDEX delivery_shown ON delivery (shown_at) WHERE shown_at IS NOT NULL;
