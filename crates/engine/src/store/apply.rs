//! What each command does, within the writer's transaction.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rusqlite::Transaction;

use super::ledger::{Cursor, FeedLedger, Ledger, OpenConnection, mute_number};
use super::new_event::NewEvent;
use super::outbox::{self, Claim, OpenDigest};
use super::overlap::Repeats;
use super::{Batch, Command, away, codec, overlap};
use crate::config::{Config, FeedConfig, Retention};
use crate::event::{Decision, FeedId, Gap, GapReason, Millis, Outcome, Reason, RowBody, Seq, Severity};
use crate::feed::{Incoming, IncomingEvent};
use crate::rules;

/// One group of commands under way: the ledger as it will be once this is committed.
///
/// The committed ledger stays untouched until then, so a group that the disk refused can be done over.
pub(crate) struct Group<'g> {
    pub(super) tx: &'g Transaction<'g>,
    base: &'g Ledger,
    config: Arc<Config>,
    now: Millis,
    events_in_group: usize,
    touched: HashMap<FeedId, FeedLedger>,
    pub(super) cursors: HashMap<(FeedId, String), Cursor>,
    forgotten: Vec<FeedId>,
    mute: crate::status::Mute,
    rev: i64,
    seq: i64,
}

/// What a command answers.
pub(crate) enum Answer {
    Done,
    Claim(Claim),
    Cursor(Cursor),
}

/// What a committed group changes.
pub(crate) struct Outcomes {
    pub touched: HashMap<FeedId, FeedLedger>,
    pub cursors: HashMap<(FeedId, String), Cursor>,
    pub forgotten: Vec<FeedId>,
    pub mute: crate::status::Mute,
    pub config: Arc<Config>,
    pub rev: i64,
    pub seq: i64,
}

impl<'g> Group<'g> {
    pub fn new(tx: &'g Transaction<'g>, base: &'g Ledger, config: Arc<Config>, now: Millis) -> Self {
        Self {
            tx,
            base,
            config,
            now,
            events_in_group: 0,
            touched: HashMap::new(),
            cursors: HashMap::new(),
            forgotten: Vec::new(),
            mute: base.mute,
            rev: base.rev,
            seq: base.seq,
        }
    }

    /// How many events the group brings, for those who ask how an event was stored.
    pub fn holding(self, events_in_group: usize) -> Self {
        Self { events_in_group, ..self }
    }

    /// Does one command; its answer, if it is a question. Answers are given after the commit.
    pub fn apply(&mut self, command: &Command) -> rusqlite::Result<Answer> {
        match command {
            Command::Events(batch) => self.events(batch)?,
            Command::Row { feed, at, body } => self.connection_row(feed, *at, body)?,
            Command::CannotResume { feed, url, gap } => self.cannot_resume(feed, url, gap)?,
            Command::Config(config) => self.config = Arc::clone(config),
            Command::Mute(mute) => self.mute = *mute,
            Command::MarkRead { feed, up_to } => self.mark_read(feed.as_ref(), *up_to)?,
            Command::Forget { feed, delete_events } => self.forget(feed, *delete_events)?,
            Command::Claim(_) => {
                // A digest of this very group must be written to be claimed.
                self.write_digests()?;
                self.fold_late()?;
                return outbox::claim(self.tx, self.now).map(Answer::Claim);
            }
            Command::Cursor { feed, url, .. } => return Ok(Answer::Cursor(self.cursor(feed, url))),
            Command::Delivered { delivery, text, at } => outbox::delivered(self.tx, delivery, text, *at)?,
            Command::Undelivered(id) => outbox::undelivered(self.tx, *id)?,
            Command::Tidy | Command::Damaged(_) | Command::Sync(_) | Command::Stop(_) => {}
        }
        Ok(Answer::Done)
    }

    /// Fills a new database that takes the place of a damaged one, and says so for each feed.
    pub fn begin_anew(&mut self, last_written: Millis) -> rusqlite::Result<()> {
        self.cursors.extend(self.base.cursors.clone());
        self.write_counter("mute", mute_number(self.mute))?;
        self.write_counter("rev", self.rev)?;
        let known: Vec<FeedId> = self.base.feeds.keys().cloned().collect();
        for feed in &known {
            self.entry(feed);
        }
        let config = Arc::clone(&self.config);
        for feed in &config.feeds {
            let last_at = self.cursor(&feed.id, feed.url.as_str()).last_at;
            let from = if last_at > 0 { last_at.min(self.now) } else { last_written };
            let gap = Gap { from, to: self.now, reason: GapReason::StoreReplaced };
            self.row(&feed.id, self.now, &RowBody::Gap(gap))?;
        }
        Ok(())
    }

    /// How much of the log is kept.
    pub fn retention(&self) -> Retention {
        self.config.retention
    }

    /// The newest row.
    pub fn newest_seq(&self) -> i64 {
        self.seq
    }

    /// All events stored.
    pub fn event_count(&self) -> u64 {
        let untouched = self.base.feeds.iter().filter(|(feed, _)| !self.touched.contains_key(*feed));
        let untouched: u64 = untouched.map(|(_, entry)| entry.event_count).sum();
        untouched + self.touched.values().map(|entry| entry.event_count).sum::<u64>()
    }

    /// Writes what was gathered; the transaction is the caller's to commit.
    pub fn finish(mut self) -> rusqlite::Result<Outcomes> {
        self.write_digests()?;
        for (feed, entry) in &self.touched {
            write_feed_state(self.tx, feed, entry)?;
        }
        for ((feed, url), cursor) in &self.cursors {
            self.tx
                .prepare_cached(
                    "INSERT OR REPLACE INTO cursor (feed, url, last_event_id, has_ids, retry_ms, last_at, has_events, told) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                )?
                .execute((
                    feed.as_str(),
                    url,
                    &cursor.last_event_id,
                    cursor.has_ids,
                    cursor.retry_ms.map(|ms| i64::try_from(ms).unwrap_or(i64::MAX)),
                    cursor.last_at,
                    cursor.has_events,
                    cursor.told.0,
                ))?;
        }
        let counters =
            [("rev", self.rev, self.base.rev), ("mute", mute_number(self.mute), mute_number(self.base.mute))];
        for (name, value, _) in counters.into_iter().filter(|(_, value, old)| value != old) {
            self.write_counter(name, value)?;
        }
        Ok(Outcomes {
            touched: self.touched,
            cursors: self.cursors,
            forgotten: self.forgotten,
            mute: self.mute,
            config: self.config,
            rev: self.rev,
            seq: self.seq,
        })
    }

    fn events(&mut self, batch: &Batch) -> rusqlite::Result<()> {
        let config = Arc::clone(&self.config);
        let feed = config.feeds.iter().find(|feed| feed.id == batch.feed);
        let mut cursor = self.cursor(&batch.feed, &batch.url);
        let mut repeated = 0;
        for item in &batch.items {
            match item {
                Incoming::Event(event) => {
                    if self.came_before(batch, event)? {
                        repeated += 1;
                    } else {
                        self.event(&config, feed, batch, event)?;
                    }
                    cursor.last_event_id.clone_from(&event.last_event_id);
                    cursor.has_ids |= event.explicit_id;
                    cursor.has_events = true;
                }
                Incoming::Id(id) => {
                    cursor.last_event_id.clone_from(id);
                    cursor.has_ids = true;
                }
                Incoming::Retry(ms) => {
                    if cursor.retry_ms.replace(*ms) != Some(*ms) {
                        self.row(&batch.feed, batch.at, &RowBody::Retry { ms: *ms })?;
                    }
                }
                Incoming::Oversize { last_event_id, is_event } => {
                    cursor.last_event_id.clone_from(last_event_id);
                    if *is_event {
                        let gap = Gap {
                            from: cursor.last_at.min(batch.at),
                            to: batch.at,
                            reason: GapReason::Oversize,
                        };
                        self.row(&batch.feed, batch.at, &RowBody::Gap(gap))?;
                    }
                }
                Incoming::Comment(_) => {}
            }
        }
        self.tell_repeated(&batch.feed, repeated)?;
        cursor.last_at = batch.at;
        self.cursors.insert((batch.feed.clone(), batch.url.to_string()), cursor);
        Ok(())
    }

    fn event(
        &mut self,
        config: &Config,
        feed: Option<&FeedConfig>,
        batch: &Batch,
        event: &IncomingEvent,
    ) -> rusqlite::Result<()> {
        let muted = self.mute.holds(self.now);
        let seq = self.next_rev();
        let entry = self.entry(&batch.feed);
        let (decision, severity) = match feed {
            Some(feed) => (
                rules::decide(
                    &feed.rules,
                    config.flood,
                    &mut entry.flood,
                    &event.event_type,
                    muted,
                    batch.at,
                ),
                feed.severity.get(&event.event_type).copied().unwrap_or_default(),
            ),
            // Removed while its last events were under way: they are kept, and disturb nobody.
            None => (Decision { outcome: Outcome::Log, rule: None }, Severity::Info),
        };
        entry.row_count += 1;
        entry.event_count += 1;
        entry.last_row = None;
        entry.fresh.push(batch.at);
        if decision.outcome.alerts() {
            entry.alert_count += 1;
            entry.unread += 1;
            entry.critical += u64::from(severity == Severity::Critical);
        }
        match decision.outcome {
            Outcome::Notify => entry.digest = None,
            Outcome::Digest => {
                let digest = entry.digest.get_or_insert_with(|| OpenDigest::begin(batch.at));
                digest.take(Seq(seq), &event.event_type, severity, batch.at);
            }
            Outcome::Log | Outcome::Muted => {}
        }
        let row = NewEvent {
            seq: Seq(seq),
            feed: &batch.feed,
            origin: &batch.origin,
            at: batch.at,
            replayed: batch.replaying,
            event,
            severity,
            decision: &decision,
            stored_at: self.now,
            in_group: self.events_in_group,
        };
        row.insert(self.tx)?;
        if decision.outcome == Outcome::Notify {
            outbox::add_single(self.tx, &batch.feed, Seq(seq), severity, batch.at)?;
        }
        Ok(())
    }

    /// A row about the connection: runs of the same wait fold into one, and what was said already is not said
    /// again.
    fn connection_row(&mut self, feed: &FeedId, at: Millis, body: &RowBody) -> rusqlite::Result<()> {
        let last = self.entry(feed).last_row.clone();
        match (body, last) {
            (RowBody::Reconnecting(new), Some((seq, RowBody::Reconnecting(old))))
                if new.reason == old.reason =>
            {
                let mut folded = new.clone();
                folded.tries = old.tries + 1;
                folded.since = old.since;
                self.rewrite(feed, seq, RowBody::Reconnecting(folded))
            }
            (RowBody::NoAnswer { .. }, Some((_, RowBody::Reconnecting(old))))
                if old.reason == Reason::NoAnswer =>
            {
                Ok(())
            }
            (RowBody::Parked(new), Some((_, RowBody::Parked(old)))) if *new == old => Ok(()),
            (RowBody::Closed(new), Some((_, RowBody::Closed(old)))) if *new == old => Ok(()),
            _ => self.row(feed, at, body),
        }
    }

    pub(super) fn row(&mut self, feed: &FeedId, at: Millis, body: &RowBody) -> rusqlite::Result<()> {
        let Some((kind, detail)) = codec::lifecycle(body) else { return Ok(()) };
        let seq = self.next_rev();
        self.tx
            .prepare_cached(
                "INSERT INTO log (seq, rev, feed, at, kind, detail) VALUES (?1, ?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((seq, feed.as_str(), at, kind, detail.to_string()))?;
        let entry = self.entry(feed);
        entry.row_count += 1;
        entry.last_row = Some((Seq(seq), body.clone()));
        if let RowBody::Open(opened) = body {
            let overlap = at..if opened.resumed { at + overlap::LENGTH } else { at };
            entry.connection = Some(OpenConnection {
                seq: Seq(seq),
                opened: opened.clone(),
                overlap,
                repeats: Repeats::default(),
            });
        }
        Ok(())
    }

    pub(super) fn rewrite(&mut self, feed: &FeedId, seq: Seq, body: RowBody) -> rusqlite::Result<()> {
        let Some((_, detail)) = codec::lifecycle(&body) else { return Ok(()) };
        self.rev += 1;
        self.tx.prepare_cached("UPDATE log SET rev = ?2, detail = ?3 WHERE seq = ?1")?.execute((
            seq.0,
            self.rev,
            detail.to_string(),
        ))?;
        let last = &mut self.entry(feed).last_row;
        if last.as_ref().is_some_and(|(newest, _)| *newest == seq) {
            *last = Some((seq, body));
        }
        Ok(())
    }

    fn mark_read(&mut self, feed: Option<&FeedId>, up_to: Seq) -> rusqlite::Result<()> {
        // Never ahead of the log: what is yet to come was not seen.
        let up_to = up_to.0.min(self.rev);
        let known = self.base.feeds.iter().chain(&self.touched);
        let unread: HashSet<FeedId> = known
            .filter(|(name, _)| feed.is_none_or(|feed| feed == *name))
            .filter(|(name, entry)| self.touched.get(*name).unwrap_or(entry).unread > 0)
            .map(|(name, _)| name.clone())
            .collect();
        for feed in unread {
            let tx = self.tx;
            let entry = self.entry(&feed);
            if up_to > entry.read_seq {
                entry.read_seq = up_to;
                entry.count_unread(tx, &feed)?;
            }
        }
        Ok(())
    }

    fn forget(&mut self, feed: &FeedId, delete_events: bool) -> rusqlite::Result<()> {
        self.tx.execute("DELETE FROM cursor WHERE feed = ?1", [feed.as_str()])?;
        self.tx.execute("DELETE FROM delivery WHERE feed = ?1 AND state < 2", [feed.as_str()])?;
        self.cursors.retain(|(name, _), _| name != feed);
        let read_seq = self.rev;
        let entry = self.entry(feed);
        *entry = FeedLedger {
            row_count: entry.row_count,
            event_count: entry.event_count,
            alert_count: entry.alert_count,
            read_seq,
            ..FeedLedger::default()
        };
        if delete_events {
            self.tx.execute("DELETE FROM delivery WHERE feed = ?1", [feed.as_str()])?;
            let sql = "INSERT OR REPLACE INTO purge (feed, up_to) VALUES (?1, ?2)";
            self.tx.execute(sql, (feed.as_str(), read_seq))?;
        }
        self.forgotten.push(feed.clone());
        Ok(())
    }

    /// Makes one delivery of what a feed could not show for long.
    fn fold_late(&mut self) -> rusqlite::Result<()> {
        for feed in away::late_feeds(self.tx, self.now)? {
            let folded = away::fold(self.tx, &feed)?;
            let entry = self.entry(&feed);
            // A digest that went into it takes no more: what comes from here on came in time.
            entry.digest.take_if(|digest| digest.id.is_some_and(|id| folded.contains(&id)));
        }
        Ok(())
    }

    fn write_digests(&mut self) -> rusqlite::Result<()> {
        for (feed, entry) in &mut self.touched {
            if let Some(digest) = entry.digest.as_mut().filter(|digest| digest.is_dirty) {
                digest.write(self.tx, feed)?;
            }
        }
        Ok(())
    }

    pub(super) fn write_counter(&self, name: &str, value: i64) -> rusqlite::Result<()> {
        let sql = "INSERT OR REPLACE INTO counter (name, value) VALUES (?1, ?2)";
        self.tx.prepare_cached(sql)?.execute((name, value)).map(drop)
    }

    /// A feed's numbers, to be changed.
    pub(super) fn entry(&mut self, feed: &FeedId) -> &mut FeedLedger {
        let base = self.base;
        self.touched.entry(feed.clone()).or_insert_with(|| base.feeds.get(feed).cloned().unwrap_or_default())
    }

    pub(super) fn cursor(&self, feed: &FeedId, url: &str) -> Cursor {
        let key = (feed.clone(), url.to_owned());
        let is_forgotten = self.forgotten.contains(feed);
        let base = self.base.cursors.get(&key).filter(|_| !is_forgotten);
        self.cursors.get(&key).or(base).cloned().unwrap_or_default()
    }

    fn next_rev(&mut self) -> i64 {
        self.rev += 1;
        self.seq = self.rev;
        self.rev
    }
}

fn write_feed_state(tx: &Transaction<'_>, feed: &FeedId, entry: &FeedLedger) -> rusqlite::Result<()> {
    let flood: Vec<Millis> = entry.flood.recent().collect();
    tx.prepare_cached(
        "INSERT OR REPLACE INTO feed_state (feed, row_count, event_count, alert_count, read_seq, flood, digest) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute((
        feed.as_str(),
        entry.row_count,
        entry.event_count,
        entry.alert_count,
        entry.read_seq,
        serde_json::to_string(&flood).unwrap_or_default(),
        entry.digest.as_ref().and_then(|digest| digest.id),
    ))?;
    Ok(())
}
