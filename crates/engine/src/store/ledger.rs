//! What the writer remembers of each feed, so that an event costs no query.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension};

use super::codec;
use super::committed::{Committed, FeedCounts};
use super::deliveries::OpenDigest;
use super::feed_index;
use super::open_connection::OpenConnection;
use super::rule_states::RuleStates;
use crate::event::{FeedId, GapReason, Millis, Mute, Notified, Rev, RowBody, Seq, Severity};

/// The revisions that the counter can have reached; another number was not written by this program.
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
    /// When the newest bytes came, or the stream was opened for the first time.
    pub last_at: Millis,
    /// Whether the feed ever sent an event.
    pub has_events: bool,
    /// The reasons that the log gave for why this feed cannot resume.
    pub logged_gaps: LoggedGaps,
    /// What is known of how the server resumes.
    pub resume: KnownResume,
    /// The hash of the request whose answer is complete, until another one is made.
    pub complete: Option<u64>,
}

/// What is known of how a server resumes at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum KnownResume {
    /// Nothing.
    #[default]
    Nothing = 0,
    /// It does: it was seen to.
    Shown = 1,
    /// Its ids name no place.
    Cannot = 2,
}

impl KnownResume {
    fn of(number: i64) -> Self {
        match number {
            1 => Self::Shown,
            2 => Self::Cannot,
            _ => Self::Nothing,
        }
    }
}

/// One feed's numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct FeedLedger {
    pub row_count: u64,
    pub event_count: u64,
    pub alert_count: u64,
    pub control_count: u64,
    /// What its rows count for, in bytes.
    pub byte_count: u64,
    pub read_seq: i64,
    pub unread: u64,
    /// The critical ones among the unread.
    pub critical: u64,
    /// The digest of a flood.
    pub digest: Option<OpenDigest>,
    /// The digest of what the server replays.
    pub replay_digest: Option<OpenDigest>,
    /// The newest row, when it is about the connection: a run of the same folds into it.
    pub last_row: Option<(Seq, RowBody)>,
    /// The rows of the last minute that a server can cause at will, one entry a kind.
    pub shared: Vec<SharedRow>,
    /// The connection that is open, or was last.
    pub connection: Option<OpenConnection>,
    /// Whether events that turned out to be new are still held.
    pub is_releasing: bool,
    /// When the events of the group being written arrived, except control events, newest last.
    pub arrivals: Vec<Millis>,
}

/// The reasons for which the log already said that a feed cannot resume, as bits of one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct LoggedGaps(pub i64);

impl LoggedGaps {
    /// Adds a reason. Returns whether it is new; one that is logged each time always is.
    pub fn insert(&mut self, reason: GapReason) -> bool {
        let bit = match reason {
            GapReason::NoIds => 1,
            GapReason::NoEventYet => 2,
            GapReason::ResumeOff => 4,
            GapReason::NoUsableId => 8,
            GapReason::NoCursor => 16,
            GapReason::CursorDropped => 32,
            GapReason::AddressChanged => 64,
            GapReason::NoHead => 128,
            GapReason::ResumeUnshown => 256,
            GapReason::NotACursor => 512,
            GapReason::PlaceRefused
            | GapReason::HistoryTooShort
            | GapReason::Oversize
            | GapReason::NotStorable
            | GapReason::StoreReplaced => return true,
        };
        let is_new = self.0 & bit == 0;
        self.0 |= bit;
        is_new
    }
}

/// The rows of a kind that a server caused within a minute.
#[derive(Clone, Debug)]
pub(crate) struct SharedRow {
    /// When the minute began.
    pub begun_at: Millis,
    /// How many rows there are.
    pub rows: u32,
    /// The newest of them, and what it says.
    pub row: Seq,
    pub body: RowBody,
}

/// Everything that decides what the next event does, as committed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    pub feeds: HashMap<FeedId, FeedLedger>,
    pub cursors: HashMap<(FeedId, String), Cursor>,
    pub states: RuleStates,
    pub mute: Mute,
    pub rev: i64,
    pub seq: i64,
    /// The row up to which the feeds' rows are indexed.
    pub feed_indexed: i64,
    /// Whether the dispatcher waits for a delivery.
    pub wants_delivery: bool,
    /// When a delivery that may not be shown yet may be, while the dispatcher waits for one.
    pub delivery_due: Option<Millis>,
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
        ledger.feed_indexed = feed_index::indexed_up_to(connection)?;
        ledger.load_feeds(connection)?;
        ledger.load_cursors(connection)?;
        ledger.load_held(connection)?;
        ledger.states = RuleStates::load(connection)?;
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
        ledger.states = RuleStates::load(connection).unwrap_or_default();
        ledger
    }

    /// What goes into a new database in place of a damaged one: where to go on, but no history.
    pub fn without_history(&self) -> Self {
        let feeds = self
            .feeds
            .keys()
            .map(|feed| (feed.clone(), FeedLedger { read_seq: self.rev, ..FeedLedger::default() }));
        Self { feeds: feeds.collect(), seq: self.rev, feed_indexed: 0, ..self.clone() }
    }

    /// Returns when the writer has something to do without a request, in wall-clock milliseconds.
    pub fn next_due(&self) -> Option<Millis> {
        let delivery = self.delivery_due.filter(|_| self.wants_delivery);
        let runs = self.feeds.values().filter_map(FeedLedger::run_due);
        delivery.into_iter().chain(self.states.next_due()).chain(runs).min()
    }

    /// Returns the feeds whose run has ended by `now`, because nothing more came.
    pub fn ended_runs(&self, now: Millis) -> Vec<FeedId> {
        let ended = self.feeds.iter().filter(|(_, entry)| entry.run_due().is_some_and(|due| due <= now));
        ended.map(|(feed, _)| feed.clone()).collect()
    }

    /// Returns everything that is in the log, for those who publish it; `shown` are the newest deliveries.
    pub fn everything(&self, shown: Vec<(i64, Notified)>) -> Committed {
        let place = |cursor: &Cursor| cursor.last_event_id.clone();
        Committed {
            feeds: self.feeds.iter().map(|(feed, entry)| (feed.clone(), entry.counts())).collect(),
            places: self.cursors.iter().map(|(key, cursor)| (key.clone(), place(cursor))).collect(),
            forgotten: Vec::new(),
            notified: shown,
            mute: self.mute,
            seq: Seq(self.seq),
            rev: Rev(self.rev),
        }
    }

    fn load_feeds(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let mut statement = connection.prepare(
            "SELECT feed, row_count, event_count, alert_count, control_count, read_seq, digest, byte_count \
                      FROM feed_state",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let name: String = row.get(0)?;
            let Some(feed) = FeedId::parse(&name) else { continue };
            let digest: Option<i64> = row.get(6)?;
            let mut entry = FeedLedger {
                row_count: row.get(1)?,
                event_count: row.get(2)?,
                alert_count: row.get(3)?,
                control_count: row.get(4)?,
                read_seq: row.get(5)?,
                byte_count: row.get(7)?,
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
            "SELECT feed, place, last_event_id, has_ids, retry_ms, last_at, has_events, told, resume, \
             complete FROM cursor",
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
                logged_gaps: LoggedGaps(row.get(7)?),
                resume: KnownResume::of(row.get(8)?),
                complete: row.get::<_, Option<i64>>(9)?.map(i64::cast_unsigned),
            };
            self.cursors.insert((feed, row.get(1)?), cursor);
        }
        Ok(())
    }

    /// Marks the feeds of which a program that was killed left events held: they are to be stored.
    fn load_held(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let mut statement = connection.prepare("SELECT DISTINCT feed FROM held_repeat")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let name: String = row.get(0)?;
            let Some(feed) = FeedId::parse(&name) else { continue };
            self.feeds.entry(feed).or_default().is_releasing = true;
        }
        Ok(())
    }
}

impl FeedLedger {
    /// Returns the numbers for those who publish them.
    pub fn counts(&self) -> FeedCounts {
        FeedCounts {
            events: self.event_count,
            unread: self.unread,
            is_critical: self.critical > 0,
            arrivals: self.arrivals.clone(),
        }
    }

    /// Returns when the run of possible repeats ends, if nothing more comes.
    fn run_due(&self) -> Option<Millis> {
        if self.is_releasing {
            return Some(0);
        }
        let connection = self.connection.as_ref()?;
        connection.run.as_ref().map(|_| connection.replay_until)
    }

    /// Counts the unread events again, by the index of alerting rows.
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
