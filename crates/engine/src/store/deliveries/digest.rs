//! One notification that counts: while a feed is over its flood limit, or of what a server replayed.

use rusqlite::{Connection, OptionalExtension};
use url::Url;

use super::super::codec;
use super::state::{OPEN, count_type};
use crate::event::{FeedId, Millis, Seq, Severity, Texts};

/// How long after its newest event a replay counts as over, in milliseconds: longer than the pause within one.
pub(super) const REPLAY_OVER: Millis = 1_500;

/// A digest that still takes events.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OpenDigest {
    /// `None` until it is first written.
    pub id: Option<i64>,
    /// The newest of its worst events: what it says and opens.
    pub seq: Seq,
    pub count: u64,
    pub counts: Vec<(String, u64)>,
    pub severity: Severity,
    pub critical: u64,
    pub first_at: Millis,
    pub last_at: Millis,
    /// What the rule of that event says.
    pub texts: Texts,
    /// When it may be shown, where it counts what a server replayed.
    pub ready_at: Option<Millis>,
    /// Whether it changed since it was written.
    pub is_dirty: bool,
}

impl OpenDigest {
    /// An empty one that begins at `at`.
    pub fn begin(at: Millis) -> Self {
        Self {
            id: None,
            seq: Seq(0),
            count: 0,
            counts: Vec::new(),
            severity: Severity::Info,
            critical: 0,
            first_at: at,
            last_at: at,
            texts: Texts::default(),
            ready_at: None,
            is_dirty: false,
        }
    }

    /// An empty one of what a server replays after nothing was received since `since`.
    pub fn of_replay(since: Millis) -> Self {
        Self { ready_at: Some(since), ..Self::begin(since) }
    }

    /// Reads back the one of a feed's replay that was not shown yet, where there is one.
    pub fn load_replay(connection: &Connection, feed: &FeedId) -> rusqlite::Result<Option<Self>> {
        let sql = format!(
            "SELECT id FROM delivery WHERE {OPEN} AND feed = ?1 AND ready_at IS NOT NULL AND shown_at IS NULL \
             ORDER BY id DESC LIMIT 1"
        );
        let id = connection.prepare_cached(&sql)?.query_row([feed.as_str()], |row| row.get(0)).optional()?;
        id.map_or(Ok(None), |id| Self::load(connection, id))
    }

    /// Tells whether it was shown.
    pub fn is_shown(&self, connection: &Connection) -> rusqlite::Result<bool> {
        let sql = "SELECT shown_at IS NOT NULL FROM delivery WHERE id = ?1";
        let shown = connection.prepare_cached(sql)?.query_row([self.id], |row| row.get(0)).optional()?;
        Ok(shown.unwrap_or(false))
    }

    /// Reads back the one that a feed had open.
    pub fn load(connection: &Connection, id: i64) -> rusqlite::Result<Option<Self>> {
        let sql = "SELECT seq, count, counts, severity, first_at, last_at, critical, title, body, ready_at \
             FROM delivery WHERE id = ?1";
        connection
            .query_row(sql, [id], |row| {
                // A log from before names were cut may hold long ones.
                let mut counts = Vec::new();
                let kept: Vec<(String, u64)> =
                    serde_json::from_str(&row.get::<_, String>(2)?).unwrap_or_default();
                kept.iter().for_each(|(name, n)| count_type(&mut counts, name, *n));
                Ok(Self {
                    id: Some(id),
                    seq: Seq(row.get(0)?),
                    count: row.get(1)?,
                    counts,
                    severity: codec::severity(row.get(3)?)?,
                    first_at: row.get(4)?,
                    last_at: row.get(5)?,
                    critical: row.get(6)?,
                    texts: Texts { title: row.get(7)?, body: row.get(8)?, link: None },
                    ready_at: row.get(9)?,
                    is_dirty: false,
                })
            })
            .optional()
    }

    /// Takes one more event.
    pub fn take(&mut self, seq: Seq, event_type: &str, severity: Severity, texts: Texts, at: Millis) {
        if severity >= self.severity {
            (self.seq, self.severity, self.texts) = (seq, severity, texts);
        }
        self.count += 1;
        self.critical += u64::from(severity == Severity::Critical);
        self.last_at = at;
        self.ready_at = self.ready_at.map(|_| at.saturating_add(REPLAY_OVER));
        self.is_dirty = true;
        count_type(&mut self.counts, event_type, 1);
    }

    /// Writes it down, waiting to be shown.
    pub fn write(&mut self, connection: &Connection, feed: &FeedId) -> rusqlite::Result<()> {
        let counts = serde_json::to_string(&self.counts).unwrap_or_default();
        let severity = codec::severity_number(self.severity);
        // While it counts one event, it stands for that.
        let link = self.texts.link.as_ref().filter(|_| self.count == 1).map(Url::as_str);
        if let Some(id) = self.id {
            connection
                .prepare_cached(
                    "UPDATE delivery SET seq = ?2, count = ?3, counts = ?4, severity = ?5, last_at = ?6, \
                     critical = ?7, title = ?8, body = ?9, ready_at = ?10, link = ?11, state = CASE state WHEN 1 THEN 1 ELSE 0 END WHERE id = ?1",
                )?
                .execute((
                    id,
                    self.seq.0,
                    self.count,
                    counts,
                    severity,
                    self.last_at,
                    self.critical,
                    &self.texts.title,
                    &self.texts.body,
                    self.ready_at,
                    link,
                ))?;
        } else {
            connection
                .prepare_cached(
                    "INSERT INTO delivery (feed, seq, is_digest, count, counts, severity, first_at, last_at, critical, state, \
                     attempts, title, body, ready_at, link) \
                     VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6, ?7, ?8, 0, 0, ?9, ?10, ?11, ?12)",
                )?
                .execute((
                    feed.as_str(),
                    self.seq.0,
                    self.count,
                    counts,
                    severity,
                    self.first_at,
                    self.last_at,
                    self.critical,
                    &self.texts.title,
                    &self.texts.body,
                    self.ready_at,
                    link,
                ))?;
            self.id = Some(connection.last_insert_rowid());
        }
        self.is_dirty = false;
        Ok(())
    }
}
