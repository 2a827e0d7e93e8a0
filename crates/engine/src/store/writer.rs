//! The one thread that writes. What waits is committed as one group. A request that finds the writer idle is committed
//! at once; under load commits keep a [`Pace`], so that the cost of a commit is shared by more events as the rate grows.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, TransactionBehavior};
use tokio::runtime::Handle;
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::{mpsc, watch};

use super::apply::{Applied, apply, fill_new_log};
use super::chores::{CALM, Chores};
use super::command::Request;
use super::committed::Observer;
use super::damage::{self, is_damage, is_index_damage};
use super::deliveries::{self, Delivery};
use super::file_id::file_id;
use super::group::{Group, Written};
use super::index;
use super::ledger::Ledger;
use super::opening::{self, Opened};
use super::pace::Pace;
use super::queue::Inbox;
use super::replay;
use super::schema::{StoreError, open_writer};
use crate::config::Config;
use crate::event::{Millis, Problem, ProblemKind, Rev};
use crate::ports::{Clock, Milestone};
use crate::rules;

/// The most requests in a group.
const GROUP: usize = 512;
/// The most bytes of requests in a group, beyond which no further one is taken.
const GROUP_BYTES: usize = 8 * 1024 * 1024;
/// How long after its end a run of possible repeats ends although requests wait, in milliseconds.
const LONG_ENDED: Millis = 5_000;
/// How long to wait before a refused group is tried again.
const REFUSED_PAUSE: Duration = Duration::from_secs(2);

/// The running writer.
pub(crate) struct Writer {
    thread: JoinHandle<()>,
    is_closing: Arc<AtomicBool>,
}

impl Writer {
    /// Announces that the program ends: a disk that refuses is then not waited for.
    pub fn close(&self) {
        self.is_closing.store(true, Ordering::Release);
        self.thread.thread().unpark();
    }

    /// Waits for the writer's end, which comes when every handle is gone.
    pub fn join(self) {
        if self.thread.join().is_err() {
            tracing::error!("the log's writer ended in a panic");
        }
    }
}

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
    /// As in [`crate::Ports`].
    pub reached: Arc<dyn Fn(Milestone) + Send + Sync>,
}

/// Opens the log and starts its writer. A damaged log is quarantined, and a new one begun. Must be called within the
/// runtime that drives the clock.
///
/// # Errors
/// [`StoreError`] where the log cannot be opened, or its thread not started.
pub(crate) fn start(
    path: &Path,
    inbox: Inbox,
    config: Arc<Config>,
    around: Surroundings,
) -> Result<Writer, StoreError> {
    let failed = |source| StoreError::Sqlite { path: path.to_owned(), source };
    let last_written = damage::last_written(path, around.clock.wall());
    let Opened { connection, ledger, is_damaged } = opening::open(path)?;
    let is_closing = Arc::new(AtomicBool::new(false));
    let Inbox { requests, room } = inbox;
    let mut state = State {
        path: path.to_owned(),
        chores: Chores::new(around.clock.wall(), around.clock.mono()),
        connection,
        ledger,
        config,
        around,
        damage: is_damaged.then_some(Damage { last_written, quarantine: None }),
        is_closing: Arc::clone(&is_closing),
        pace: Pace::new(Arc::clone(&room)),
    };
    if is_damaged {
        state.replace()?;
    }
    let shown = deliveries::last_shown(&state.connection).map_err(failed)?;
    state.around.observer.opened(state.ledger.everything(shown));
    state.around.bell.send_replace(Rev(state.ledger.rev));
    let runtime = Handle::current();
    let thread = std::thread::Builder::new()
        .name("store".into())
        .spawn(move || state.run(requests, &runtime))
        .map_err(|error| failed(rusqlite::Error::ToSqlConversionFailure(Box::new(error))))?;
    room.wakes(thread.thread().clone());
    Ok(Writer { thread, is_closing })
}

struct State {
    path: PathBuf,
    connection: Connection,
    ledger: Ledger,
    config: Arc<Config>,
    around: Surroundings,
    /// Set while a damaged log is to be replaced.
    damage: Option<Damage>,
    is_closing: Arc<AtomicBool>,
    chores: Chores,
    pace: Pace,
}

/// How far the replacing of a damaged log is.
struct Damage {
    last_written: Millis,
    /// Where the damaged log is, once it was moved.
    quarantine: Option<PathBuf>,
}

/// Why a group was not committed.
enum Refusal {
    /// A reader found the present file damaged.
    Damaged,
    /// The database or the disk refused.
    Store(StoreError),
}

/// The disk refused and the program ends: what was not committed is left to the server's replay.
struct GivenUp;

impl State {
    fn run(mut self, mut requests: mpsc::Receiver<Request>, runtime: &Handle) {
        while let Some(mut group) = self.next(&mut requests, runtime) {
            self.pace.pause(&*self.around.clock);
            let mut bytes: usize = group.iter().map(|request| request.bytes).sum();
            while group.len() < GROUP
                && bytes < GROUP_BYTES
                && let Ok(request) = requests.try_recv()
            {
                bytes += request.bytes;
                group.push(request);
            }
            // The feeds read on while this group is written.
            group.iter_mut().for_each(|request| drop(request.share.take()));
            let Ok(applied) = self.write(&group) else { return };
            if applied.iter().any(|applied| applied.ends) {
                self.close();
                answer(group, applied);
                return;
            }
            answer(group, applied);
            if self.chores.are_pressing() {
                self.do_chore();
            }
        }
    }

    /// Waits for the first request of a group, or until something is due without one: then the group is empty. `None`
    /// once every handle is gone. Chores are done while nothing comes.
    fn next(&mut self, requests: &mut mpsc::Receiver<Request>, runtime: &Handle) -> Option<Vec<Request>> {
        loop {
            while self.chores.are_due(self.ledger.seq, self.around.clock.mono()) {
                match requests.try_recv() {
                    Ok(request) => return Some(vec![request]),
                    Err(TryRecvError::Disconnected) => return None,
                    Err(TryRecvError::Empty) => self.do_chore(),
                }
            }
            let Some(wait) = self.wait() else {
                return requests.blocking_recv().map(|request| vec![request]);
            };
            let request = runtime.block_on(async {
                let over = self.around.clock.sleep(wait);
                tokio::select! {
                    biased;
                    request = requests.recv() => Some(request),
                    () = over => None,
                }
            });
            match request {
                Some(request) => return request.map(|request| vec![request]),
                None if self.is_due() => return Some(Vec::new()),
                None => {}
            }
        }
    }

    /// Returns how long nothing is to be done without a request; `None` for ever.
    fn wait(&self) -> Option<Duration> {
        let left = |due: Millis| {
            Duration::from_millis(u64::try_from(due.saturating_sub(self.around.clock.wall())).unwrap_or(0))
        };
        let calm = self.chores.wait_for_calm(self.ledger.seq).then_some(CALM);
        self.ledger.next_due().map(left).into_iter().chain(calm).min()
    }

    fn is_due(&self) -> bool {
        self.ledger.next_due().is_some_and(|due| due <= self.around.clock.wall())
    }

    /// Does a slice of a chore. One that fails is put off: events come first, and they show a full disk.
    fn do_chore(&mut self) {
        match self.try_chore() {
            Ok(written) => self.settle(written),
            Err(error) if is_index_damage(&error) => {
                tracing::warn!(%error, "the index of the search is built again");
                self.chores.restart_index();
                if index::start_over(&mut self.connection).is_err() {
                    self.chores.put_off();
                }
            }
            Err(error) => {
                tracing::warn!(%error, "tidying the log is put off");
                self.chores.put_off();
                if is_damage(&error) {
                    self.found_damaged();
                    // Else the next group tries again, and reports why it cannot.
                    let _ = self.replace();
                }
            }
        }
    }

    fn try_chore(&mut self) -> rusqlite::Result<Written> {
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
        done
    }

    /// Leaves everything in the one file: readers keep SQLite from doing so at the close.
    fn close(&self) {
        let done = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        if let Err(error) = done {
            tracing::debug!(%error, "the write-ahead log stays beside the log");
        }
    }

    /// Writes a group, again and again while the disk refuses: nothing is dropped, and the full queue stops the
    /// reading of the feeds.
    fn write(&mut self, group: &[Request]) -> Result<Vec<Applied>, GivenUp> {
        let mut is_refused = false;
        let mut may_replace = true;
        // Once a group: where the system does not tell files apart, a report would be about the new log, too.
        let mut heeds_reports = true;
        let (written, applied) = loop {
            let error = match self.try_write(group, heeds_reports) {
                Ok(done) => break done,
                Err(Refusal::Damaged) => {
                    heeds_reports = false;
                    self.found_damaged();
                    continue;
                }
                Err(Refusal::Store(error)) => error,
            };
            tracing::error!(%error, "the log cannot be written");
            let is_damaged = matches!(&error, StoreError::Sqlite { source, .. } if is_damage(source));
            // Once a group: a log that is new and damaged again is the disk's doing, or our own.
            if is_damaged && std::mem::take(&mut may_replace) {
                self.found_damaged();
                continue;
            }
            let problem = refusal(&error);
            let kind = problem.kind;
            self.around.observer.problem(Some(problem), kind);
            is_refused = true;
            if self.is_closing.load(Ordering::Acquire) {
                return Err(GivenUp);
            }
            // Closing wakes it.
            std::thread::park_timeout(REFUSED_PAUSE);
        };
        if is_refused {
            self.around.observer.problem(None, ProblemKind::Store);
        }
        for milestone in applied.iter().filter_map(|applied| applied.milestone) {
            (self.around.reached)(milestone);
        }
        self.settle(written);
        applied.iter().for_each(|applied| self.chores.note(applied.tidies));
        let events = group.iter().map(|request| request.events).sum();
        self.chores.note_group(events, self.around.clock.mono());
        Ok(applied)
    }

    fn try_write(
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

    fn found_damaged(&mut self) {
        if self.damage.is_none() {
            let last_written = damage::last_written(&self.path, self.around.clock.wall());
            self.damage = Some(Damage { last_written, quarantine: None });
        }
    }

    /// Quarantines the damaged log and begins a new one that goes on where the old one was.
    fn replace(&mut self) -> Result<(), StoreError> {
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
    fn settle(&mut self, mut written: Written) {
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

/// Returns the problem that a person sees while the log takes nothing.
fn refusal(error: &StoreError) -> Problem {
    let is_full = matches!(error, StoreError::Sqlite { source, .. }
        if source.sqlite_error_code() == Some(ErrorCode::DiskFull));
    let kind = if is_full { ProblemKind::Disk } else { ProblemKind::Store };
    Problem { kind, message: error.to_string() }
}

fn answer(group: Vec<Request>, applied: Vec<Applied>) {
    for (request, applied) in group.into_iter().zip(applied) {
        if let Some(asked) = request.asked {
            // A caller that no longer listens needs no answer.
            let _ = asked.send(applied.answer);
        }
    }
}
