//! What the writer remembers of each feed, so that an event costs no query.

use std::collections::HashMap;
use std::ops::Range;

use rusqlite::{Connection, OptionalExtension};

use super::codec;
use super::outbox::OpenDigest;
use super::overlap::Repeats;
use crate::event::{FeedId, GapReason, Millis, Opened, RowBody, Seq, Severity};
use crate::rules::Flood;
use crate::status::Mute;

/// What the counter of revisions can have come to; another number was not written by us.
const REVS: std::ops::Range<i64> = 0..1 << 53;

/// How far a feed was received, for one of its URLs.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct Cursor {
    /// The last event ID to resume from.
    pub last_event_id: String,
    /// Whether the feed ever sent an id.
    pub has_ids: bool,
    /// The reconnection time that the server set, in milliseconds.
    pub retry_ms: Option<u64>,
    /// When the newest bytes came.
    pub last_at: Millis,
    /// Whether the feed ever sent an event.
    pub has_events: bool,
    /// The reasons that the log gave for why this feed cannot resume.
    pub told: Told,
}

/// One feed's numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct FeedLedger {
    pub row_count: u64,
    pub event_count: u64,
    pub alert_count: u64,
    pub read_seq: i64,
    pub unread: u64,
    /// The critical ones among the unread.
    pub critical: u64,
    pub flood: Flood,
    pub digest: Option<OpenDigest>,
    /// The newest row, when it is about the connection: a run of the same folds into it.
    pub last_row: Option<(Seq, RowBody)>,
    /// The connection that is open, or was last.
    pub connection: Option<OpenConnection>,
    /// When events came, for the rate; newest last, within the group being written.
    pub fresh: Vec<Millis>,
}

/// A set of reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Told(pub i64);

impl Told {
    /// Puts a reason in; whether it is new.
    pub fn insert(&mut self, reason: GapReason) -> bool {
        let bit = match reason {
            GapReason::NoIds => 1,
            GapReason::NoEventYet => 2,
            GapReason::ResumeOff => 4,
            GapReason::NoUsableId => 8,
            GapReason::NoCursor => 16,
            GapReason::HistoryTooShort | GapReason::Oversize | GapReason::StoreReplaced => return true,
        };
        let is_new = self.0 & bit == 0;
        self.0 |= bit;
        is_new
    }
}

/// What an open connection is measured by.
#[derive(Clone, Debug)]
pub(crate) struct OpenConnection {
    /// Its row: every event before it came by an earlier connection.
    pub seq: Seq,
    pub opened: Opened,
    /// When what came before may come again.
    pub overlap: Range<Millis>,
    pub repeats: Repeats,
}

/// Everything that decides what the next event does, as committed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    pub feeds: HashMap<FeedId, FeedLedger>,
    pub cursors: HashMap<(FeedId, String), Cursor>,
    pub mute: Mute,
    pub rev: i64,
    pub seq: i64,
}

impl Ledger {
    /// Reads it back.
    pub fn load(connection: &Connection) -> rusqlite::Result<Self> {
        let mut ledger = Self { mute: load_mute(connection)?, ..Self::default() };
        ledger.rev = counter(connection, "rev")?.unwrap_or(0);
        if !REVS.contains(&ledger.rev) {
            return Err(rusqlite::Error::IntegralValueOutOfRange(0, ledger.rev));
        }
        ledger.seq = connection.query_row("SELECT coalesce(max(seq), 0) FROM log", [], |row| row.get(0))?;
        ledger.load_feeds(connection)?;
        ledger.load_cursors(connection)?;
        Ok(ledger)
    }

    /// What a damaged database still tells of where to go on.
    pub fn salvage(connection: &Connection) -> Self {
        let mut ledger = Self { mute: load_mute(connection).unwrap_or_default(), ..Self::default() };
        ledger.rev =
            counter(connection, "rev").ok().flatten().filter(|rev| REVS.contains(rev)).unwrap_or_default();
        if let Err(error) = ledger.load_cursors(connection) {
            tracing::warn!(%error, "not every feed's place is known");
        }
        ledger
    }

    /// What goes into a new database in place of a damaged one: where to go on, but no history.
    pub fn without_history(&self) -> Self {
        let feeds = self.feeds.iter().map(|(feed, entry)| {
            let flood = entry.flood.clone();
            (feed.clone(), FeedLedger { flood, read_seq: self.rev, ..FeedLedger::default() })
        });
        Self { feeds: feeds.collect(), seq: self.rev, ..self.clone() }
    }

    /// All events stored.
    pub fn event_count(&self) -> u64 {
        self.feeds.values().map(|feed| feed.event_count).sum()
    }

    fn load_feeds(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let mut statement = connection.prepare(
            "SELECT feed, row_count, event_count, alert_count, read_seq, flood, digest FROM feed_state",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let name: String = row.get(0)?;
            let Some(feed) = FeedId::parse(&name) else { continue };
            let recent: Vec<Millis> = serde_json::from_str(&row.get::<_, String>(5)?).unwrap_or_default();
            let digest: Option<i64> = row.get(6)?;
            let mut entry = FeedLedger {
                row_count: row.get(1)?,
                event_count: row.get(2)?,
                alert_count: row.get(3)?,
                read_seq: row.get(4)?,
                flood: Flood::from_recent(recent),
                digest: digest.map(|id| OpenDigest::load(connection, id)).transpose()?.flatten(),
                ..FeedLedger::default()
            };
            entry.count_unread(connection, &feed)?;
            self.feeds.insert(feed, entry);
        }
        Ok(())
    }

    fn load_cursors(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let mut statement = connection.prepare(
            "SELECT feed, url, last_event_id, has_ids, retry_ms, last_at, has_events, told FROM cursor",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let name: String = row.get(0)?;
            let Some(feed) = FeedId::parse(&name) else { continue };
            let cursor = Cursor {
                last_event_id: row.get(2)?,
                has_ids: row.get(3)?,
                retry_ms: row.get(4)?,
                last_at: row.get(5)?,
                has_events: row.get(6)?,
                told: Told(row.get(7)?),
            };
            self.cursors.insert((feed, row.get(1)?), cursor);
        }
        Ok(())
    }
}

impl FeedLedger {
    /// Counts the unread anew, by the index of alerting rows.
    pub fn count_unread(&mut self, connection: &Connection, feed: &FeedId) -> rusqlite::Result<()> {
        let critical = codec::severity_number(Severity::Critical);
        let sql = "SELECT count(*), coalesce(sum(severity = ?3), 0) FROM log \
                   WHERE feed = ?1 AND outcome > 0 AND seq > ?2";
        (self.unread, self.critical) = connection
            .prepare_cached(sql)?
            .query_row((feed.as_str(), self.read_seq, critical), |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(())
    }
}

/// Mute as a number: 0 off, -1 on, else until that moment.
pub(crate) fn mute_number(mute: Mute) -> i64 {
    match mute {
        Mute::Off => 0,
        Mute::On => -1,
        Mute::Until(at) => at,
    }
}

fn load_mute(connection: &Connection) -> rusqlite::Result<Mute> {
    Ok(match counter(connection, "mute")?.unwrap_or(0) {
        0 => Mute::Off,
        -1 => Mute::On,
        at => Mute::Until(at),
    })
}

fn counter(connection: &Connection, name: &str) -> rusqlite::Result<Option<i64>> {
    connection.query_row("SELECT value FROM counter WHERE name = ?1", [name], |row| row.get(0)).optional()
}
