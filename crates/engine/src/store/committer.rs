//! The open log as the writer commits to it: a group in one transaction, a slice of a chore, or a new log in place of a
//! damaged one.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rusqlite::limits::Limit;
use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{mpsc, watch};

use super::apply::{Applied, apply, fill_new_log};
use super::chores::Chores;
use super::command::Request;
use super::committed::Observer;
use super::damage;
use super::deliveries::Delivery;
use super::error::StoreError;
use super::file_id::file_id;
use super::group::{Group, Written};
use super::ledger::Ledger;
use super::opening;
use super::replay;
use super::schema::open_writer;
use crate::config::Config;
use crate::event::{Millis, Problem, ProblemKind, Rev};
use crate::ports::{Clock, Milestone};
use crate::rules;

/// How long after its end a run of possible repeats ends although requests wait, in milliseconds.
const LONG_ENDED: Millis = 5_000;

/// What the writer reads, and whom it reports to.
pub(crate) struct Surroundings {
    pub clock: Arc<dyn Clock>,
    pub observer: Arc<dyn Observer>,
    /// The newest committed revision.
    pub bell: watch::Sender<Rev>,
    /// Written after each commit, for other processes. The database's own files are written before a commit can
    /// be seen, so watching those would ring too early.
    pub doorbell: File,
    /// Where claimed deliveries go. The dispatcher wants one at a time, so there is always room for it.
    pub deliveries: mpsc::Sender<Box<Delivery>>,
    /// How many pages there is room for, where that is limited.
    pub page_limit: Option<Arc<AtomicU32>>,
    /// How long a value or a row may be, in bytes, where that is less than SQLite's own limit.
    pub value_limit: Option<i32>,
    /// As in [`crate::Ports`].
    pub reached: Arc<dyn Fn(Milestone) + Send + Sync>,
}

/// The open log.
pub(super) struct Committer {
    pub path: PathBuf,
    pub connection: Connection,
    pub ledger: Ledger,
    pub config: Arc<Config>,
    pub around: Surroundings,
    pub chores: Chores,
    /// Set while a damaged log is to be replaced.
    pub damage: Option<Damage>,
}

/// How far the replacing of a damaged log is.
pub(super) struct Damage {
    pub last_written: Millis,
    /// Where the damaged log is, once it was moved.
    pub quarantine: Option<PathBuf>,
}

/// Why a group was not committed.
pub(super) enum Refusal {
    /// A reader found the present file damaged.
    Damaged,
    /// The database or the disk refused.
    Store(StoreError),
}

impl Committer {
    /// Applies and commits a group.
    pub fn try_write(
        &mut self,
        group: &[Request],
        heeds_reports: bool,
    ) -> Result<(Written, Vec<Applied>), Refusal> {
        if self.damage.is_some() {
            self.replace().map_err(Refusal::Store)?;
        }
        // A report about a file that was replaced meanwhile says nothing of the present one.
        let file = file_id(&self.path);
        let is_damaged = |applied: &Applied| heeds_reports && applied.damaged == Some(file);
        match self.commit(group, is_damaged) {
            Ok(Some(done)) => Ok(done),
            Ok(None) => Err(Refusal::Damaged),
            Err(source) => Err(Refusal::Store(StoreError::Sqlite { path: self.path.clone(), source })),
        }
    }

    /// Applies and commits a group; `None` where a request makes that pointless.
    fn commit(
        &mut self,
        group: &[Request],
        is_pointless: impl Fn(&Applied) -> bool,
    ) -> rusqlite::Result<Option<(Written, Vec<Applied>)>> {
        let now = self.around.clock.wall();
        if let Some(limit) = &self.around.page_limit {
            let limit = limit.load(Ordering::Relaxed);
            self.connection.pragma_update_and_check(None, "max_page_count", limit, |_| Ok(()))?;
        }
        if let Some(limit) = self.around.value_limit {
            self.connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, limit)?;
        }
        let tx = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut work = Group::new(&tx, &self.ledger, Arc::clone(&self.config), now);
        work.events_in_group = group.iter().map(|request| request.events).sum();
        for (feed, id) in self.ledger.states.due_by(now) {
            rules::due(&mut work.states(&feed), &id);
        }
        // Runs end by the clock only where nothing waits that could go on with them.
        let late = if group.is_empty() { 0 } else { LONG_ENDED };
        for feed in self.ledger.ended_runs(now - late) {
            replay::settle(&mut work, &feed)?;
        }
        let mut applied = Vec::with_capacity(group.len());
        for request in group {
            applied.push(apply(&mut work, &request.command)?);
        }
        if applied.iter().any(is_pointless) {
            return Ok(None);
        }
        let written = work.finish()?;
        tx.commit()?;
        Ok(Some((written, applied)))
    }

    /// Does a slice of a chore.
    pub fn do_chore(&mut self) -> rusqlite::Result<()> {
        let clock = &self.around.clock;
        let (wall, mono) = (clock.wall(), clock.mono());
        // What a power failure undoes here is done again: no need to wait for the disk.
        self.connection.pragma_update(None, "synchronous", "NORMAL")?;
        let tx = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut work = Group::new(&tx, &self.ledger, Arc::clone(&self.config), wall);
        let worked = self.chores.work(&mut work, wall, mono);
        let written = worked.and_then(|()| work.finish());
        let done = written.and_then(|written| tx.commit().map(|()| written));
        self.connection.pragma_update(None, "synchronous", "FULL")?;
        done.map(|written| self.settle(written))
    }

    /// Leaves everything in the one file: readers keep SQLite from doing so at the close.
    pub fn close(&self) {
        let done = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        if let Err(error) = done {
            tracing::debug!(%error, "the write-ahead log stays beside the log");
        }
    }

    /// Notes that the log is damaged: the next group begins a new one.
    pub fn found_damaged(&mut self) {
        if self.damage.is_none() {
            let last_written = damage::last_written(&self.path, self.around.clock.wall());
            self.damage = Some(Damage { last_written, quarantine: None });
        }
    }

    /// Quarantines the damaged log and begins a new one that goes on where the old one was.
    pub fn replace(&mut self) -> Result<(), StoreError> {
        let failed = |source| StoreError::Sqlite { path: self.path.clone(), source };
        let Some(damage) = &mut self.damage else { return Ok(()) };
        let now = self.around.clock.wall();
        let quarantine = match &damage.quarantine {
            Some(path) => path.clone(),
            None => {
                let empty = Connection::open_in_memory().map_err(failed)?;
                opening::leave(std::mem::replace(&mut self.connection, empty)).map_err(failed)?;
                damage.quarantine.insert(damage::quarantine(&self.path, now)?).clone()
            }
        };
        self.connection = open_writer(&self.path)?;
        let base = self.ledger.without_history();
        let tx = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        let mut work = Group::new(&tx, &base, Arc::clone(&self.config), now);
        let written =
            fill_new_log(&mut work, damage.last_written).and_then(|()| work.finish()).map_err(failed)?;
        tx.commit().map_err(failed)?;
        self.ledger = base;
        self.chores.restart_index();
        self.damage = None;
        self.around.observer.opened(self.ledger.everything(Vec::new()));
        self.settle(written);
        let message =
            format!("The log was damaged. It was kept as {}, and a new one was begun.", quarantine.display());
        let problem = Problem { kind: ProblemKind::Replaced, message };
        self.around.observer.problem(Some(problem), ProblemKind::Replaced);
        Ok(())
    }

    /// Takes a committed group over and notifies those who wait for it.
    pub fn settle(&mut self, mut written: Written) {
        self.config = Arc::clone(&written.config);
        let changes = std::mem::take(&mut written.committed);
        let claimed = written.claimed.take();
        let is_news = written.merge_into(&mut self.ledger, &changes);
        self.around.observer.committed(changes);
        if let Some(delivery) = claimed {
            // A dispatcher that has ended leaves the delivery claimed; the next start shows it.
            let _ = self.around.deliveries.try_send(delivery);
        }
        if is_news {
            self.around.bell.send_replace(Rev(self.ledger.rev));
            self.ring_other_processes();
        }
    }

    fn ring_other_processes(&mut self) {
        let rev = self.ledger.rev.to_be_bytes();
        let rung =
            self.around.doorbell.seek(SeekFrom::Start(0)).and_then(|_| self.around.doorbell.write_all(&rev));
        if let Err(error) = rung {
            tracing::debug!(%error, "readers in other processes miss a commit");
        }
    }
}
