//! One group of commands under way: a transaction, and what it will have changed.
//!
//! What is committed stays untouched until then, so a group that the disk refused is applied again.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rusqlite::Transaction;

use super::committed::Committed;
use super::deliveries::{self, Delivery};
use super::feed_index;
use super::ledger::{Cursor, FeedLedger, Ledger, mute_number};
use super::rule_states::{self, Changed, FeedStates};
use crate::config::Config;
use crate::event::{FeedId, Millis, Mute, Notified, Rev, Seq};

/// A group under way.
pub(super) struct Group<'g> {
    pub tx: &'g Transaction<'g>,
    base: &'g Ledger,
    /// When the group began.
    pub now: Millis,
    /// How many events it holds.
    pub events_in_group: usize,
    pub config: Arc<Config>,
    pub mute: Mute,
    /// Whether the dispatcher waits for a delivery.
    pub wants_delivery: bool,
    /// Whether a delivery came or changed, so that one may be ready to be shown.
    pub has_new_delivery: bool,
    /// Deliveries that were marked as shown.
    pub notified: Vec<(i64, Notified)>,
    feed_indexed: i64,
    touched: HashMap<FeedId, FeedLedger>,
    cursors: HashMap<(FeedId, String), Cursor>,
    states: Changed,
    forgotten: Vec<FeedId>,
    rev: i64,
    seq: i64,
}

/// A group that was written; its transaction is yet to be committed.
pub(super) struct Written {
    pub config: Arc<Config>,
    /// What those who publish are to see.
    pub committed: Committed,
    /// The delivery that was claimed for the dispatcher.
    pub claimed: Option<Box<Delivery>>,
    touched: HashMap<FeedId, FeedLedger>,
    cursors: HashMap<(FeedId, String), Cursor>,
    states: Changed,
    feed_indexed: i64,
    wants_delivery: bool,
    delivery_due: Option<Millis>,
}

impl<'g> Group<'g> {
    /// Begins an empty group on what is committed.
    pub fn new(tx: &'g Transaction<'g>, base: &'g Ledger, config: Arc<Config>, now: Millis) -> Self {
        Self {
            tx,
            base,
            now,
            events_in_group: 0,
            config,
            mute: base.mute,
            wants_delivery: base.wants_delivery,
            has_new_delivery: false,
            notified: Vec::new(),
            feed_indexed: base.feed_indexed,
            touched: HashMap::new(),
            cursors: HashMap::new(),
            states: Changed::new(),
            forgotten: Vec::new(),
            rev: base.rev,
            seq: base.seq,
        }
    }

    /// Returns a feed's numbers, to be changed.
    pub fn entry(&mut self, feed: &FeedId) -> &mut FeedLedger {
        let base = self.base;
        self.touched.entry(feed.clone()).or_insert_with(|| base.feeds.get(feed).cloned().unwrap_or_default())
    }

    /// Returns how far a feed was received at this URL.
    pub fn cursor(&self, feed: &FeedId, url: &str) -> Cursor {
        let key = (feed.clone(), url.to_owned());
        let is_forgotten = self.forgotten.contains(feed);
        let base = self.base.cursors.get(&key).filter(|_| !is_forgotten);
        self.cursors.get(&key).or(base).cloned().unwrap_or_default()
    }

    /// Returns when an event or an id was last received of a feed at another of its addresses; `None` for never.
    pub fn elsewhere(&self, feed: &FeedId, url: &str) -> Option<Millis> {
        let committed = self.base.cursors.iter().filter(|((name, _), _)| !self.forgotten.contains(name));
        let others =
            self.cursors.iter().chain(committed).filter(|((name, other), _)| name == feed && other != url);
        others
            .filter(|(_, cursor)| cursor.has_events || cursor.has_ids)
            .map(|(_, cursor)| cursor.last_at)
            .max()
    }

    /// Moves a feed's cursor.
    pub fn put_cursor(&mut self, feed: &FeedId, url: &str, cursor: Cursor) {
        self.cursors.insert((feed.clone(), url.to_owned()), cursor);
    }

    /// Returns what rules remember of a feed, to be changed.
    pub fn states(&mut self, feed: &FeedId) -> FeedStates<'_> {
        let committed = self.base.states.of(feed).filter(|_| !self.forgotten.contains(feed));
        FeedStates { committed, changed: self.states.entry(feed.clone()).or_default() }
    }

    /// Returns whether notifications are held back now.
    pub fn is_muted(&self) -> bool {
        self.mute.holds(self.now)
    }

    /// Returns the newest revision.
    pub fn rev(&self) -> i64 {
        self.rev
    }

    /// Returns the row up to which the rows of each feed are indexed.
    pub fn feed_indexed(&self) -> i64 {
        self.feed_indexed
    }

    /// Returns the newest row.
    pub fn newest_seq(&self) -> i64 {
        self.seq
    }

    /// Takes the next revision for a new row; it is the row's place, too.
    pub fn next_rev(&mut self) -> i64 {
        self.rev += 1;
        self.seq = self.rev;
        self.rev
    }

    /// Takes the next revision for a row that is there.
    pub fn next_rev_of_old(&mut self) -> i64 {
        self.rev += 1;
        self.rev
    }

    /// Returns the feeds that have unread events: this one, or any.
    pub fn unread_feeds(&self, feed: Option<&FeedId>) -> HashSet<FeedId> {
        let known = self.base.feeds.iter().chain(&self.touched);
        known
            .filter(|(name, _)| feed.is_none_or(|feed| feed == *name))
            .filter(|(name, entry)| self.touched.get(*name).unwrap_or(entry).unread > 0)
            .map(|(name, _)| name.clone())
            .collect()
    }

    /// Returns the numbers of every feed that has rows, also of those that were removed.
    pub fn feeds(&self) -> impl Iterator<Item = (&FeedId, &FeedLedger)> {
        let untouched = self.base.feeds.iter().filter(|(feed, _)| !self.touched.contains_key(*feed));
        untouched.chain(&self.touched).filter(|(_, entry)| entry.row_count > 0)
    }

    /// Forgets a feed's cursors, states and numbers; its rows stay counted until they are deleted.
    pub fn forget(&mut self, feed: &FeedId) {
        self.cursors.retain(|(name, _), _| name != feed);
        let gone = self.base.states.of(feed).into_iter().flat_map(|states| states.keys());
        let gone: Vec<_> = gone.map(|id| (id.clone(), None)).collect();
        self.states.insert(feed.clone(), gone.into_iter().collect());
        let read_seq = self.rev;
        let entry = self.entry(feed);
        *entry = FeedLedger {
            row_count: entry.row_count,
            event_count: entry.event_count,
            alert_count: entry.alert_count,
            control_count: entry.control_count,
            byte_count: entry.byte_count,
            read_seq,
            ..FeedLedger::default()
        };
        self.forgotten.push(feed.clone());
    }

    /// Counts everything that is committed as changed, to fill a new database with.
    pub fn touch_everything(&mut self) -> rusqlite::Result<()> {
        self.cursors.extend(self.base.cursors.clone());
        self.states = self.base.states.as_changed();
        for feed in self.base.feeds.keys() {
            self.entry(feed);
        }
        self.write_counter("mute", mute_number(self.mute))?;
        self.write_counter("rev", self.rev)
    }

    /// Writes a named number.
    pub fn write_counter(&self, name: &str, value: i64) -> rusqlite::Result<()> {
        let sql = "INSERT OR REPLACE INTO counter (name, value) VALUES (?1, ?2)";
        self.tx.prepare_cached(sql)?.execute((name, value)).map(drop)
    }

    /// Indexes the rows of each feed, up to the newest one.
    pub fn index_feed_rows(&mut self) -> rusqlite::Result<()> {
        if self.feed_indexed < self.seq {
            feed_index::fill(self.tx, self.feed_indexed, self.seq)?;
            self.feed_indexed = self.seq;
            self.write_counter("feed_indexed", self.feed_indexed)?;
        }
        Ok(())
    }

    /// Writes what was gathered, and claims a delivery if the dispatcher waits for one. The transaction is the caller's
    /// to commit.
    pub fn finish(mut self) -> rusqlite::Result<Written> {
        self.write_digests()?;
        if self.seq - self.feed_indexed >= feed_index::SLICE {
            self.index_feed_rows()?;
        }
        let (claimed, delivery_due) = self.claim()?;
        for (feed, entry) in &self.touched {
            write_feed(self.tx, feed, entry)?;
        }
        for ((feed, url), cursor) in &self.cursors {
            write_cursor(self.tx, feed, url, cursor)?;
        }
        rule_states::write(self.tx, &self.states)?;
        if self.rev != self.base.rev {
            self.write_counter("rev", self.rev)?;
        }
        if self.mute != self.base.mute {
            self.write_counter("mute", mute_number(self.mute))?;
        }
        let place = |cursor: &Cursor| cursor.last_event_id.clone();
        let committed = Committed {
            feeds: self.touched.iter().map(|(feed, entry)| (feed.clone(), entry.counts())).collect(),
            places: self.cursors.iter().map(|(key, cursor)| (key.clone(), place(cursor))).collect(),
            forgotten: self.forgotten,
            notified: self.notified,
            mute: self.mute,
            seq: Seq(self.seq),
            rev: Rev(self.rev),
        };
        Ok(Written {
            config: self.config,
            committed,
            wants_delivery: self.wants_delivery && claimed.is_none(),
            claimed,
            delivery_due,
            touched: self.touched,
            cursors: self.cursors,
            states: self.states,
            feed_indexed: self.feed_indexed,
        })
    }

    fn write_digests(&mut self) -> rusqlite::Result<()> {
        for (feed, entry) in &mut self.touched {
            for digest in [&mut entry.digest, &mut entry.replay_digest].into_iter().flatten() {
                if digest.is_dirty {
                    digest.write(self.tx, feed)?;
                }
            }
        }
        Ok(())
    }

    /// Claims the next delivery where the dispatcher waits for one and one may be ready; else says when one will be.
    fn claim(&mut self) -> rusqlite::Result<(Option<Box<Delivery>>, Option<Millis>)> {
        let is_asked_first = self.wants_delivery && !self.base.wants_delivery;
        let is_due = self.base.delivery_due.is_some_and(|due| due <= self.now);
        if !self.wants_delivery {
            return Ok((None, None));
        }
        if !(is_asked_first || self.has_new_delivery || is_due) {
            return Ok((None, self.base.delivery_due));
        }
        for (feed, folded) in deliveries::fold_late(self.tx, self.now)? {
            // A digest that went into the fold takes no more: what comes from here on came in time.
            let entry = self.entry(&feed);
            for digest in [&mut entry.digest, &mut entry.replay_digest] {
                digest.take_if(|digest| digest.id.is_some_and(|id| folded.contains(&id)));
            }
        }
        let claimed = deliveries::claim(self.tx, self.now)?;
        let due = if claimed.is_none() { deliveries::next_due(self.tx, self.now)? } else { None };
        Ok((claimed.map(Box::new), due))
    }
}

impl Written {
    /// Takes the committed `changes` over. Returns whether the log has a new revision.
    pub fn merge_into(self, ledger: &mut Ledger, changes: &Committed) -> bool {
        let is_news = changes.rev.0 != ledger.rev;
        ledger.rev = changes.rev.0;
        ledger.seq = changes.seq.0;
        ledger.mute = changes.mute;
        ledger.feed_indexed = self.feed_indexed;
        for feed in &changes.forgotten {
            ledger.cursors.retain(|(name, _), _| name != feed);
        }
        ledger.cursors.extend(self.cursors);
        ledger.states.merge(self.states);
        ledger.feeds.extend(self.touched.into_iter().map(|(feed, mut entry)| {
            entry.arrivals.clear();
            (feed, entry)
        }));
        ledger.wants_delivery = self.wants_delivery;
        ledger.delivery_due = self.delivery_due;
        is_news
    }
}

fn write_feed(tx: &Transaction<'_>, feed: &FeedId, entry: &FeedLedger) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT OR REPLACE INTO feed_state \
         (feed, row_count, event_count, alert_count, control_count, read_seq, digest, byte_count) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute((
        feed.as_str(),
        entry.row_count,
        entry.event_count,
        entry.alert_count,
        entry.control_count,
        entry.read_seq,
        entry.digest.as_ref().and_then(|digest| digest.id),
        entry.byte_count,
    ))
    .map(drop)
}

fn write_cursor(tx: &Transaction<'_>, feed: &FeedId, url: &str, cursor: &Cursor) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT OR REPLACE INTO cursor (feed, place, last_event_id, has_ids, retry_ms, last_at, has_events, told, \
         resume, complete) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute((
        feed.as_str(),
        url,
        &cursor.last_event_id,
        cursor.has_ids,
        cursor.retry_ms.map(|ms| i64::try_from(ms).unwrap_or(i64::MAX)),
        cursor.last_at,
        cursor.has_events,
        cursor.logged_gaps.0,
        cursor.resume as i64,
        cursor.complete.map(u64::cast_signed),
    ))
    .map(drop)
}
