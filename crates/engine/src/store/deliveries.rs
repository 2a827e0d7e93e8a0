//! The outbox: deliveries are written with their event, claimed, shown, and marked as shown.

mod away;
mod digest;
mod state;

use rusqlite::{Connection, OptionalExtension};
use url::Url;

use self::state::{CLAIMED, OPEN, SHOWN, WAITING};
use super::codec;
use super::damage::unreadable;
use crate::event::{FeedId, Millis, Notified, Seq, Severity, Texts};

pub(super) use away::fold_late;
pub(crate) use digest::OpenDigest;
use digest::REPLAY_OVER;

/// How often a notification that counts is brought up to date, in milliseconds.
const DIGEST_PACE: Millis = 1_000;

/// How many characters of a large event a notification looks at.
const LARGE: usize = 65_536;

/// A notification to be shown.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Delivery {
    pub id: i64,
    pub feed: FeedId,
    pub seq: Seq,
    pub is_digest: bool,
    /// Whether it counts what came while no notification could be shown.
    pub is_away: bool,
    /// Whether it counts what a server replayed; `first_at` is then when the feed was lost.
    pub is_replay: bool,
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
    /// The data of its event, in a digest of the newest of its worst events, cut when large.
    pub data: String,
    /// What the rule of that event says.
    pub texts: Texts,
}

impl Delivery {
    /// Returns whether it reads as a count of events. A single event that was replayed reads like any other.
    pub fn counts_events(&self) -> bool {
        self.is_digest && !(self.is_replay && self.count == 1)
    }
}

/// Writes a delivery of one event.
pub(crate) fn add_single(
    connection: &Connection,
    feed: &FeedId,
    seq: Seq,
    severity: Severity,
    texts: &Texts,
    at: Millis,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO delivery (feed, seq, is_digest, count, counts, severity, first_at, last_at, critical, state, \
             attempts, title, body, link) VALUES (?1, ?2, 0, 1, '[]', ?3, ?4, ?4, ?5, 0, 0, ?6, ?7, ?8)",
        )?
        .execute((
            feed.as_str(),
            seq.0,
            codec::severity_number(severity),
            at,
            severity == Severity::Critical,
            &texts.title,
            &texts.body,
            texts.link.as_ref().map(Url::as_str),
        ))?;
    Ok(())
}

/// Claims the oldest delivery that may be shown at `now`.
pub(crate) fn claim(connection: &Connection, now: Millis) -> rusqlite::Result<Option<Delivery>> {
    // A digest shown a moment ago waits, and so does one whose replay goes on; a clock set back makes a moment meaningless.
    let ready = format!(
        "(shown_at IS NULL OR shown_at <= ?1 OR shown_at > ?2) \
         AND (ready_at IS NULL OR ready_at <= ?2 OR ready_at > ?2 + {REPLAY_OVER})"
    );
    let sql = format!(
        "SELECT d.id, d.feed, d.seq, d.is_digest, d.count, d.counts, d.severity, d.first_at, d.last_at, \
         coalesce(l.event_type, ''), \
         coalesce(CASE WHEN length(l.data) > {LARGE} THEN substr(l.data, 1, 1000) ELSE l.data END, ''), \
         d.away, d.critical, d.title, d.body, d.link, d.ready_at IS NOT NULL FROM delivery d LEFT JOIN log l ON l.seq = d.seq \
         WHERE d.{OPEN} AND d.state = {WAITING} AND ({ready}) ORDER BY d.id LIMIT 1"
    );
    let found = connection.prepare_cached(&sql)?.query_row((now - DIGEST_PACE, now), read).optional()?;
    let Some(delivery) = found else { return Ok(None) };
    let sql = format!("UPDATE delivery SET state = {CLAIMED}, attempts = attempts + 1 WHERE id = ?1");
    connection.prepare_cached(&sql)?.execute([delivery.id])?;
    Ok(Some(delivery))
}

/// Returns when the next delivery that waits may be shown, where there is one.
pub(crate) fn next_due(connection: &Connection, now: Millis) -> rusqlite::Result<Option<Millis>> {
    let sql = format!(
        "SELECT min(max(coalesce(shown_at + {DIGEST_PACE}, ?1), coalesce(ready_at, ?1))) FROM delivery \
         WHERE {OPEN} AND state = {WAITING}"
    );
    connection.prepare_cached(&sql)?.query_row([now], |row| row.get(0))
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Delivery> {
    let feed: String = row.get(1)?;
    let counts: String = row.get(5)?;
    Ok(Delivery {
        id: row.get(0)?,
        feed: FeedId::parse(&feed).ok_or_else(|| unreadable(1, "feed"))?,
        seq: Seq(row.get(2)?),
        is_digest: row.get(3)?,
        count: row.get(4)?,
        counts: serde_json::from_str(&counts).map_err(|_| unreadable(5, "counts"))?,
        severity: codec::severity(row.get(6)?)?,
        first_at: row.get(7)?,
        last_at: row.get(8)?,
        event_type: codec::text(row, 9)?,
        data: codec::text(row, 10)?,
        is_away: row.get(11)?,
        is_replay: row.get(16)?,
        critical: row.get(12)?,
        texts: Texts {
            title: row.get(13)?,
            body: row.get(14)?,
            link: row.get::<_, Option<String>>(15)?.and_then(|link| Url::parse(&link).ok()),
        },
    })
}

/// Marks a delivery as shown; a digest that grew meanwhile waits again.
pub(crate) fn mark_shown(
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
pub(crate) fn give_back(connection: &Connection, id: i64) -> rusqlite::Result<()> {
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
