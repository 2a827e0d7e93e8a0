//! Deliveries: written with their event, claimed, shown, marked.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension};

use super::codec;
use crate::event::{FeedId, Millis, Seq, Severity};
use crate::status::Notified;

pub(crate) const WAITING: i64 = 0;
const CLAIMED: i64 = 1;
const SHOWN: i64 = 2;

/// What lets SQLite use the index of deliveries that are not done; it does not conclude this by itself.
pub(crate) const OPEN: &str = "state < 2";

/// How often a notification that counts is brought up to date.
const DIGEST_PACE: Duration = Duration::from_secs(1);

/// How many event types a digest counts by name.
const MAX_COUNTED: usize = 20;

/// How many characters of a large event a notification looks at.
const LARGE: usize = 65_536;

/// The answer to a claim.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Claim {
    /// Show this.
    Show(Box<Delivery>),
    /// Nothing now; perhaps after this time.
    Nothing(Option<Duration>),
}

/// A notification to be shown.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Delivery {
    pub id: i64,
    pub feed: FeedId,
    pub seq: Seq,
    pub is_digest: bool,
    /// Whether it counts what came while no notification could be shown.
    pub is_away: bool,
    /// How many of its events are critical.
    pub critical: u64,
    /// Events in it; grows while a digest is on its way.
    pub count: u64,
    /// Event types and how many of each.
    pub counts: Vec<(String, u64)>,
    pub severity: Severity,
    pub first_at: Millis,
    pub last_at: Millis,
    pub event_type: String,
    /// The newest event's data, cut when large.
    pub data: String,
}

/// A digest that still takes events.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OpenDigest {
    /// `None` until it is first written.
    pub id: Option<i64>,
    pub seq: Seq,
    pub count: u64,
    pub counts: Vec<(String, u64)>,
    pub severity: Severity,
    pub critical: u64,
    pub first_at: Millis,
    pub last_at: Millis,
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
            is_dirty: false,
        }
    }

    /// Reads back the one that a feed had open.
    pub fn load(connection: &Connection, id: i64) -> rusqlite::Result<Option<Self>> {
        let sql =
            "SELECT seq, count, counts, severity, first_at, last_at, critical FROM delivery WHERE id = ?1";
        connection
            .query_row(sql, [id], |row| {
                Ok(Self {
                    id: Some(id),
                    seq: Seq(row.get(0)?),
                    count: row.get(1)?,
                    counts: serde_json::from_str(&row.get::<_, String>(2)?).unwrap_or_default(),
                    severity: codec::severity(row.get(3)?),
                    first_at: row.get(4)?,
                    last_at: row.get(5)?,
                    critical: row.get(6)?,
                    is_dirty: false,
                })
            })
            .optional()
    }

    /// Takes one more event.
    pub fn take(&mut self, seq: Seq, event_type: &str, severity: Severity, at: Millis) {
        self.seq = seq;
        self.count += 1;
        self.severity = self.severity.max(severity);
        self.critical += u64::from(severity == Severity::Critical);
        self.last_at = at;
        self.is_dirty = true;
        count_type(&mut self.counts, event_type, 1);
    }

    /// Writes it down, waiting to be shown.
    pub fn write(&mut self, connection: &Connection, feed: &FeedId) -> rusqlite::Result<()> {
        let counts = serde_json::to_string(&self.counts).unwrap_or_default();
        let severity = codec::severity_number(self.severity);
        if let Some(id) = self.id {
            connection
                .prepare_cached(
                    "UPDATE delivery SET seq = ?2, count = ?3, counts = ?4, severity = ?5, last_at = ?6, \
                     critical = ?7, state = CASE state WHEN 1 THEN 1 ELSE 0 END WHERE id = ?1",
                )?
                .execute((id, self.seq.0, self.count, counts, severity, self.last_at, self.critical))?;
        } else {
            connection
                .prepare_cached(
                    "INSERT INTO delivery (feed, seq, is_digest, count, counts, severity, first_at, last_at, critical, state, attempts) \
                     VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6, ?7, ?8, 0, 0)",
                )?
                .execute((feed.as_str(), self.seq.0, self.count, counts, severity, self.first_at, self.last_at, self.critical))?;
            self.id = Some(connection.last_insert_rowid());
        }
        self.is_dirty = false;
        Ok(())
    }
}

/// Counts `n` more events of a type, by name while there is room for names.
pub(crate) fn count_type(counts: &mut Vec<(String, u64)>, event_type: &str, n: u64) {
    if let Some((_, count)) = counts.iter_mut().find(|(name, _)| name == event_type) {
        *count += n;
    } else if counts.len() < MAX_COUNTED {
        counts.push((event_type.to_owned(), n));
    }
}

/// Writes a delivery of one event.
pub(crate) fn add_single(
    connection: &Connection,
    feed: &FeedId,
    seq: Seq,
    severity: Severity,
    at: Millis,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO delivery (feed, seq, is_digest, count, counts, severity, first_at, last_at, critical, state, attempts) \
             VALUES (?1, ?2, 0, 1, '[]', ?3, ?4, ?4, ?5, 0, 0)",
        )?
        .execute((
            feed.as_str(),
            seq.0,
            codec::severity_number(severity),
            at,
            severity == Severity::Critical,
        ))?;
    Ok(())
}

/// Claims the oldest delivery that may be shown at `now`.
pub(crate) fn claim(connection: &Connection, now: Millis) -> rusqlite::Result<Claim> {
    let pace = Millis::try_from(DIGEST_PACE.as_millis()).unwrap_or(Millis::MAX);
    // A digest shown a moment ago waits; a clock set back makes its moment meaningless.
    let ready = "shown_at IS NULL OR shown_at <= ?1 OR shown_at > ?2";
    let sql = format!(
        "SELECT d.id, d.feed, d.seq, d.is_digest, d.count, d.counts, d.severity, d.first_at, d.last_at, \
         coalesce(l.event_type, ''), \
         coalesce(CASE WHEN length(l.data) > {LARGE} THEN substr(l.data, 1, 1000) ELSE l.data END, ''), \
         d.away, d.critical FROM delivery d LEFT JOIN log l ON l.seq = d.seq \
         WHERE d.{OPEN} AND d.state = {WAITING} AND ({ready}) ORDER BY d.id LIMIT 1"
    );
    let found = connection
        .prepare_cached(&sql)?
        .query_row((now - pace, now), |row| {
            let feed: String = row.get(1)?;
            Ok(FeedId::parse(&feed).map(|feed| Delivery {
                id: row.get(0).unwrap_or_default(),
                feed,
                seq: Seq(row.get(2).unwrap_or_default()),
                is_digest: row.get(3).unwrap_or_default(),
                count: row.get(4).unwrap_or_default(),
                counts: serde_json::from_str(&row.get::<_, String>(5).unwrap_or_default())
                    .unwrap_or_default(),
                severity: codec::severity(row.get(6).unwrap_or_default()),
                first_at: row.get(7).unwrap_or_default(),
                last_at: row.get(8).unwrap_or_default(),
                event_type: row.get(9).unwrap_or_default(),
                data: row.get(10).unwrap_or_default(),
                is_away: row.get(11).unwrap_or_default(),
                critical: row.get(12).unwrap_or_default(),
            }))
        })
        .optional()?
        .flatten();
    let Some(delivery) = found else {
        let sql = format!("SELECT EXISTS (SELECT 1 FROM delivery WHERE {OPEN} AND state = {WAITING})");
        let waits: bool = connection.prepare_cached(&sql)?.query_row([], |row| row.get(0))?;
        return Ok(Claim::Nothing(waits.then_some(DIGEST_PACE)));
    };
    connection
        .prepare_cached(&format!(
            "UPDATE delivery SET state = {CLAIMED}, attempts = attempts + 1 WHERE id = ?1"
        ))?
        .execute([delivery.id])?;
    Ok(Claim::Show(Box::new(delivery)))
}

/// Marks a delivery shown; a digest that grew meanwhile waits again.
pub(crate) fn delivered(
    connection: &Connection,
    delivery: &Delivery,
    text: &str,
    at: Millis,
) -> rusqlite::Result<()> {
    let sql = format!(
        "UPDATE delivery SET state = CASE WHEN count = ?2 THEN {SHOWN} ELSE {WAITING} END, text = ?3, shown_at = ?4 \
         WHERE id = ?1"
    );
    connection.prepare_cached(&sql)?.execute((delivery.id, delivery.count, text, at))?;
    Ok(())
}

/// Gives a claimed delivery back.
pub(crate) fn undelivered(connection: &Connection, id: i64) -> rusqlite::Result<()> {
    let sql = format!("UPDATE delivery SET state = {WAITING} WHERE id = ?1 AND state = {CLAIMED}");
    connection.prepare_cached(&sql)?.execute([id])?;
    Ok(())
}

/// At the start: what was claimed when the program ended may not have been shown, so it waits again.
pub(crate) fn recover(connection: &Connection) -> rusqlite::Result<()> {
    let sql = format!("UPDATE delivery SET state = {WAITING} WHERE {OPEN} AND state = {CLAIMED}");
    connection.execute(&sql, [])?;
    Ok(())
}

/// The newest deliveries that were shown, with their ids, newest first.
pub(crate) fn last_shown(connection: &Connection) -> rusqlite::Result<Vec<(i64, Notified)>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, seq, feed, text, shown_at FROM delivery WHERE shown_at IS NOT NULL AND text IS NOT NULL \
         ORDER BY shown_at DESC LIMIT 3",
    )?;
    let mut rows = statement.query([])?;
    let mut shown = Vec::new();
    while let Some(row) = rows.next()? {
        let feed: String = row.get(2)?;
        let Some(feed) = FeedId::parse(&feed) else { continue };
        shown.push((
            row.get(0)?,
            Notified { seq: Seq(row.get(1)?), feed, text: row.get(3)?, at: row.get(4)? },
        ));
    }
    Ok(shown)
}
