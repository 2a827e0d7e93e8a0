//! The one thread that writes. What waits is committed as one group. A request that finds the writer idle is committed
//! at once; under load commits keep a [`Pace`], so that the cost of a commit is shared by more events as the rate grows.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::ErrorCode;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TryRecvError;

use super::apply::Applied;
use super::chores::{CALM, Chores};
use super::command::Request;
use super::committer::{Committer, Damage, Refusal, Surroundings};
use super::damage::{self, is_damage, is_index_damage};
use super::deliveries;
use super::error::StoreError;
use super::index;
use super::opening::{self, Opened};
use super::pace::Pace;
use super::queue::Inbox;
use crate::config::Config;
use crate::event::{Millis, PROBLEM_LOG, Problem, ProblemKind, Rev};

/// The most requests in a group.
const GROUP: usize = 512;
/// The most bytes of requests in a group, beyond which no further one is taken.
const GROUP_BYTES: usize = 8 * 1024 * 1024;
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
        committer: Committer {
            chores: Chores::new(around.clock.wall(), around.clock.mono()),
            path: path.to_owned(),
            connection,
            ledger,
            config,
            around,
            damage: is_damaged.then_some(Damage { last_written, quarantine: None }),
        },
        is_closing: Arc::clone(&is_closing),
        pace: Pace::new(Arc::clone(&room)),
    };
    if is_damaged {
        state.committer.replace()?;
    }
    let shown = deliveries::last_shown(&state.committer.connection).map_err(failed)?;
    state.committer.around.observer.opened(state.committer.ledger.everything(shown));
    state.committer.around.bell.send_replace(Rev(state.committer.ledger.rev));
    let runtime = Handle::current();
    let thread = std::thread::Builder::new()
        .name("store".into())
        .spawn(move || state.run(requests, &runtime))
        .map_err(|error| failed(rusqlite::Error::ToSqlConversionFailure(Box::new(error))))?;
    room.wakes(thread.thread().clone());
    Ok(Writer { thread, is_closing })
}

struct State {
    committer: Committer,
    is_closing: Arc<AtomicBool>,
    pace: Pace,
}

/// The disk refused and the program ends: what was not committed is left to the server's replay.
struct GivenUp;

impl State {
    fn run(mut self, mut requests: mpsc::Receiver<Request>, runtime: &Handle) {
        while let Some(mut group) = self.next(&mut requests, runtime) {
            self.pace.pause(&*self.committer.around.clock);
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
                self.committer.close();
                answer(group, applied);
                return;
            }
            answer(group, applied);
            if self.committer.chores.are_pressing() {
                self.do_chore();
            }
        }
    }

    /// Waits for the first request of a group, or until something is due without one: then the group is empty. `None`
    /// once every handle is gone. Chores are done while nothing comes.
    fn next(&mut self, requests: &mut mpsc::Receiver<Request>, runtime: &Handle) -> Option<Vec<Request>> {
        loop {
            while self.committer.chores.are_due(self.committer.ledger.seq, self.committer.around.clock.mono())
            {
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
                let over = self.committer.around.clock.sleep(wait);
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
            Duration::from_millis(
                u64::try_from(due.saturating_sub(self.committer.around.clock.wall())).unwrap_or(0),
            )
        };
        let calm = self.committer.chores.wait_for_calm(self.committer.ledger.seq).then_some(CALM);
        self.committer.ledger.next_due().map(left).into_iter().chain(calm).min()
    }

    fn is_due(&self) -> bool {
        self.committer.ledger.next_due().is_some_and(|due| due <= self.committer.around.clock.wall())
    }

    /// Does a slice of a chore. One that fails is put off: events come first, and they show a full disk.
    fn do_chore(&mut self) {
        match self.committer.do_chore() {
            Ok(()) => {}
            Err(error) if is_index_damage(&error) => {
                tracing::warn!(%error, "the index of the search is built again");
                self.committer.chores.restart_index();
                if index::start_over(&mut self.committer.connection).is_err() {
                    self.committer.chores.put_off();
                }
            }
            Err(error) => {
                tracing::warn!(%error, "tidying the log is put off");
                self.committer.chores.put_off();
                if is_damage(&error) {
                    self.committer.found_damaged();
                    // Else the next group tries again, and reports why it cannot.
                    let _ = self.committer.replace();
                }
            }
        }
    }

    /// Writes a group. An item that the log can never hold is left out, with a gap row in its place, so that it stops
    /// neither its feed nor the others.
    fn write(&mut self, group: &[Request]) -> Result<Vec<Applied>, GivenUp> {
        match self.write_whole(group)? {
            Some(applied) => Ok(applied),
            None => self.write_parts(group),
        }
    }

    /// Writes a group that the log refuses for good in parts, down to the item that it refuses.
    fn write_parts(&mut self, group: &[Request]) -> Result<Vec<Applied>, GivenUp> {
        if let [request] = group {
            if let Some([first, second]) = request.command.split() {
                self.write(&[Request::of(first)])?;
                return self.write(&[Request::of(second)]);
            }
            // Everything but an event is small, and what takes an event's place is, too.
            let Some(refused) = request.command.refused() else { return Ok(vec![Applied::default()]) };
            let applied = self.write_whole(&[Request::of(refused)])?;
            return Ok(applied.unwrap_or_else(|| vec![Applied::default()]));
        }
        let (first, second) = group.split_at(group.len() / 2);
        let mut applied = self.write(first)?;
        applied.extend(self.write(second)?);
        Ok(applied)
    }

    /// Writes a group, again and again while the disk refuses: nothing is dropped, and the full queue stops the
    /// reading of the feeds. `None` where the log refuses what the group holds, now and for ever.
    fn write_whole(&mut self, group: &[Request]) -> Result<Option<Vec<Applied>>, GivenUp> {
        let mut is_refused = false;
        let mut may_replace = true;
        // Once a group: where the system does not tell files apart, a report would be about the new log, too.
        let mut heeds_reports = true;
        let (written, applied) = loop {
            let error = match self.committer.try_write(group, heeds_reports) {
                Ok(done) => break done,
                Err(Refusal::Damaged) => {
                    heeds_reports = false;
                    self.committer.found_damaged();
                    continue;
                }
                Err(Refusal::Store(error)) => error,
            };
            if is_too_big(&error) && !group.is_empty() {
                tracing::error!(%error, "the log cannot hold an event");
                if is_refused {
                    self.committer.around.observer.problem(None, ProblemKind::Store);
                }
                return Ok(None);
            }
            let is_damaged = matches!(&error, StoreError::Sqlite { source, .. } if is_damage(source));
            // Once a group: a log that is new and damaged again is the disk's doing, or our own.
            if is_damaged && std::mem::take(&mut may_replace) {
                self.committer.found_damaged();
                continue;
            }
            tracing::error!(target: PROBLEM_LOG, %error, "the log cannot be written");
            let problem = refusal(&error);
            let kind = problem.kind;
            self.committer.around.observer.problem(Some(problem), kind);
            is_refused = true;
            if self.is_closing.load(Ordering::Acquire) {
                return Err(GivenUp);
            }
            // Closing wakes it.
            std::thread::park_timeout(REFUSED_PAUSE);
        };
        if is_refused {
            self.committer.around.observer.problem(None, ProblemKind::Store);
        }
        for milestone in applied.iter().filter_map(|applied| applied.milestone) {
            (self.committer.around.reached)(milestone);
        }
        self.committer.settle(written);
        applied.iter().for_each(|applied| self.committer.chores.note(applied.tidies));
        let events = group.iter().map(|request| request.events).sum();
        let bytes = group.iter().map(|request| request.bytes).sum();
        self.committer.chores.note_group(events, bytes, self.committer.around.clock.mono());
        Ok(Some(applied))
    }
}

/// Returns whether a value or a row is larger than SQLite takes.
fn is_too_big(error: &StoreError) -> bool {
    matches!(error, StoreError::Sqlite { source, .. } if source.sqlite_error_code() == Some(ErrorCode::TooBig))
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
