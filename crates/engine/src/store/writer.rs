//! The one thread that writes. What waits is committed as one group: while one commit reaches the disk, the
//! next group gathers.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, TransactionBehavior};
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::{Notify, mpsc, watch};

use super::Command;
use super::apply::{Answer, Group, Outcomes};
use super::chores::Chores;
use super::damage::{self, is_damage};
use super::index::{self, is_index_damage};
use super::ledger::Ledger;
use super::opening::{self, Opened};
use super::outbox;
use super::reader::{FileId, file_id};
use super::schema::{StoreError, open_writer};
use crate::board::Board;
use crate::config::Config;
use crate::event::{Millis, Rev};
use crate::feed::Incoming;
use crate::ports::{Clock, Step};
use crate::status::{Problem, ProblemKind};

/// The most commands in a group.
const GROUP: usize = 512;
/// The most bytes of events in a group, beyond which no further command is taken.
const GROUP_BYTES: usize = 8 * 1024 * 1024;
/// How long to wait before a refused group is tried again.
const REFUSED_PAUSE: Duration = Duration::from_secs(2);

/// The running writer.
pub(crate) struct Writer {
    thread: JoinHandle<()>,
    is_closing: Arc<AtomicBool>,
}

impl Writer {
    /// Says that the program ends: a disk that refuses is then not waited for.
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

/// What the writer rings and reads.
pub(crate) struct Surroundings {
    pub clock: Arc<dyn Clock>,
    pub board: Arc<Board>,
    pub bell: watch::Sender<Rev>,
    /// Written after each commit, for other processes. The database's own files are written before a commit can
    /// be seen, so watching those would ring too early.
    pub doorbell: File,
    /// Woken when a delivery may be waiting.
    pub deliveries: Arc<Notify>,
    /// How many pages there is room for, where that is limited.
    pub page_limit: Option<Arc<AtomicU32>>,
    /// As in [`crate::Ports`].
    pub passed: Arc<dyn Fn(Step) + Send + Sync>,
}

/// Opens the log and starts its writer. A damaged log is set aside, and a new one begun.
pub(crate) fn start(
    path: &Path,
    inbox: mpsc::Receiver<Command>,
    config: Arc<Config>,
    around: Surroundings,
) -> Result<Writer, StoreError> {
    let failed = |source| StoreError::Sqlite { path: path.to_owned(), source };
    let last_written = damage::last_written(path, around.clock.wall());
    let Opened { connection, ledger, is_damaged } = opening::open(path)?;
    let is_closing = Arc::new(AtomicBool::new(false));
    let mut state = State {
        path: path.to_owned(),
        chores: Chores::new(around.clock.wall(), around.clock.mono()),
        connection,
        ledger,
        config,
        around,
        damage: is_damaged.then_some(Damage { last_written, aside: None }),
        is_closing: Arc::clone(&is_closing),
    };
    if is_damaged {
        state.replace()?;
    }
    let shown = outbox::last_shown(&state.connection).map_err(failed)?;
    state.around.board.loaded(&state.ledger, shown);
    state.around.bell.send_replace(Rev(state.ledger.rev));
    let thread = std::thread::Builder::new()
        .name("store".into())
        .spawn(move || state.run(inbox))
        .map_err(|error| failed(rusqlite::Error::ToSqlConversionFailure(Box::new(error))))?;
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
}

/// How far the replacing of a damaged log is.
struct Damage {
    last_written: Millis,
    /// Where the damaged log is, once it was moved.
    aside: Option<PathBuf>,
}

/// The disk refused and the program ends: what was not committed is left to the server's replay.
struct GivenUp;

impl State {
    fn run(mut self, mut inbox: mpsc::Receiver<Command>) {
        while let Some(first) = self.next(&mut inbox) {
            let mut bytes = size(&first);
            let mut group = vec![first];
            while group.len() < GROUP
                && !matches!(group.last(), Some(Command::Stop(_)))
                && bytes < GROUP_BYTES
                && let Ok(command) = inbox.try_recv()
            {
                bytes += size(&command);
                group.push(command);
            }
            let is_last = matches!(group.last(), Some(Command::Stop(_)));
            let Ok(answers) = self.write(&group) else { return };
            if is_last {
                self.close();
                answer(group, answers);
                return;
            }
            answer(group, answers);
            if self.chores.are_pressing() {
                self.do_chore();
            }
        }
    }

    /// The next command; while there is none, chores are done.
    fn next(&mut self, inbox: &mut mpsc::Receiver<Command>) -> Option<Command> {
        while self.chores.are_due(self.ledger.seq) {
            match inbox.try_recv() {
                Ok(command) => return Some(command),
                Err(TryRecvError::Disconnected) => return None,
                Err(TryRecvError::Empty) => self.do_chore(),
            }
        }
        inbox.blocking_recv()
    }

    /// Does a slice of a chore. One that fails is put off: events come first, and they tell of a full disk.
    fn do_chore(&mut self) {
        match self.try_chore() {
            Ok(outcomes) => self.settle(outcomes, &[]),
            Err(error) if is_index_damage(&error) => {
                tracing::warn!(%error, "the index of the search is made anew");
                self.chores.index_anew();
                if index::begin_anew(&mut self.connection).is_err() {
                    self.chores.put_off();
                }
            }
            Err(error) => {
                tracing::warn!(%error, "tidying the log is put off");
                self.chores.put_off();
                if is_damage(&error) {
                    self.found_damaged();
                    // Else the next group tries again, and tells why it cannot.
                    let _ = self.replace();
                }
            }
        }
    }

    fn try_chore(&mut self) -> rusqlite::Result<Outcomes> {
        let clock = &self.around.clock;
        let (wall, mono) = (clock.wall(), clock.mono());
        // What a power failure undoes here is done again: no need to wait for the disk.
        self.connection.pragma_update(None, "synchronous", "NORMAL")?;
        let tx = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut work = Group::new(&tx, &self.ledger, Arc::clone(&self.config), wall);
        let worked = self.chores.work(&mut work, wall, mono);
        let outcomes = worked.and_then(|()| work.finish());
        let done = outcomes.and_then(|outcomes| tx.commit().map(|()| outcomes));
        self.connection.pragma_update(None, "synchronous", "FULL")?;
        done
    }

    /// Leaves all in the one file: readers keep SQLite from doing so at the close.
    fn close(self) {
        let done = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        if let Err(error) = done {
            tracing::debug!(%error, "the write-ahead log stays beside the log");
        }
    }

    /// Writes a group, again and again while the disk refuses: nothing is dropped, and the full queue stops the
    /// reading of the feeds.
    fn write(&mut self, group: &[Command]) -> Result<Vec<Answer>, GivenUp> {
        let mut is_refused = false;
        // A report about a file that was set aside meanwhile says nothing of the present one.
        let is_present = |file: &Option<FileId>| *file == file_id(&self.path);
        if group.iter().any(|command| matches!(command, Command::Damaged(file) if is_present(file))) {
            self.found_damaged();
        }
        let mut may_replace = true;
        let (outcomes, answers) = loop {
            let error = match self.try_write(group) {
                Ok(done) => break done,
                Err(error) => error,
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
            self.around.board.set_problem(Some(problem), kind);
            is_refused = true;
            if self.is_closing.load(Ordering::Acquire) {
                return Err(GivenUp);
            }
            // Closing wakes it.
            std::thread::park_timeout(REFUSED_PAUSE);
        };
        if is_refused {
            self.around.board.set_problem(None, ProblemKind::Store);
        }
        if outcomes.config.retention != self.config.retention {
            self.chores.expire_soon();
        }
        self.settle(outcomes, group);
        self.chores.note(group);
        Ok(answers)
    }

    fn try_write(&mut self, group: &[Command]) -> Result<(Outcomes, Vec<Answer>), StoreError> {
        if self.damage.is_some() {
            self.replace()?;
        }
        self.commit(group).map_err(|source| StoreError::Sqlite { path: self.path.clone(), source })
    }

    fn commit(&mut self, group: &[Command]) -> rusqlite::Result<(Outcomes, Vec<Answer>)> {
        let now = self.around.clock.wall();
        if let Some(limit) = &self.around.page_limit {
            let limit = limit.load(Ordering::Relaxed);
            self.connection.pragma_update_and_check(None, "max_page_count", limit, |_| Ok(()))?;
        }
        let tx = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut work = Group::new(&tx, &self.ledger, Arc::clone(&self.config), now).holding(events(group));
        let answers = group.iter().map(|command| work.apply(command)).collect::<Result<Vec<_>, _>>()?;
        let outcomes = work.finish()?;
        tx.commit()?;
        for command in group {
            match command {
                Command::Events(_) => (self.around.passed)(Step::Committed),
                Command::Delivered { .. } => (self.around.passed)(Step::Marked),
                _ => {}
            }
        }
        Ok((outcomes, answers))
    }

    fn found_damaged(&mut self) {
        if self.damage.is_none() {
            let last_written = damage::last_written(&self.path, self.around.clock.wall());
            self.damage = Some(Damage { last_written, aside: None });
        }
    }

    /// Sets the damaged log aside and begins a new one that goes on where the old one was.
    fn replace(&mut self) -> Result<(), StoreError> {
        let failed = |source| StoreError::Sqlite { path: self.path.clone(), source };
        let Some(damage) = &mut self.damage else { return Ok(()) };
        let now = self.around.clock.wall();
        let aside = match &damage.aside {
            Some(aside) => aside.clone(),
            None => {
                let empty = Connection::open_in_memory().map_err(failed)?;
                opening::leave(std::mem::replace(&mut self.connection, empty)).map_err(failed)?;
                damage.aside.insert(damage::set_aside(&self.path, now)?).clone()
            }
        };
        self.connection = open_writer(&self.path)?;
        let base = self.ledger.without_history();
        let tx = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        let mut work = Group::new(&tx, &base, Arc::clone(&self.config), now);
        let outcomes = work.begin_anew(damage.last_written).and_then(|()| work.finish()).map_err(failed)?;
        tx.commit().map_err(failed)?;
        self.ledger = base;
        self.chores.index_anew();
        self.damage = None;
        self.around.board.loaded(&self.ledger, Vec::new());
        self.settle(outcomes, &[]);
        let message = format!(
            "The log was damaged. It was kept aside as {}, and a new one was begun.",
            aside.display()
        );
        let problem = Problem { kind: ProblemKind::Replaced, message };
        self.around.board.set_problem(Some(problem), ProblemKind::Replaced);
        Ok(())
    }

    /// Takes a committed group over and tells those who wait for it.
    fn settle(&mut self, outcomes: Outcomes, group: &[Command]) {
        let is_news = outcomes.rev != self.ledger.rev;
        self.config = outcomes.config;
        self.ledger.rev = outcomes.rev;
        self.ledger.seq = outcomes.seq;
        self.ledger.mute = outcomes.mute;
        for feed in &outcomes.forgotten {
            self.ledger.cursors.retain(|(name, _), _| name != feed);
        }
        self.ledger.cursors.extend(outcomes.cursors);
        let mut touched = outcomes.touched;
        self.around.board.committed(&touched, &self.ledger, group);
        for entry in touched.values_mut() {
            entry.fresh.clear();
        }
        self.ledger.feeds.extend(touched);
        if is_news {
            self.around.bell.send_replace(Rev(self.ledger.rev));
            self.ring_other_processes();
            self.around.deliveries.notify_one();
        }
    }

    fn ring_other_processes(&mut self) {
        let rev = self.ledger.rev.to_be_bytes();
        let rung =
            self.around.doorbell.seek(SeekFrom::Start(0)).and_then(|_| self.around.doorbell.write_all(&rev));
        if let Err(error) = rung {
            tracing::debug!(%error, "readers in other processes are not told");
        }
    }
}

/// What a person is told while the log takes nothing.
fn refusal(error: &StoreError) -> Problem {
    let is_full = matches!(error, StoreError::Sqlite { source, .. }
        if source.sqlite_error_code() == Some(ErrorCode::DiskFull));
    match is_full {
        true => Problem { kind: ProblemKind::Disk, message: error.to_string() },
        false => Problem { kind: ProblemKind::Store, message: error.to_string() },
    }
}

fn answer(group: Vec<Command>, answers: Vec<Answer>) {
    for (command, answer) in group.into_iter().zip(answers) {
        // Whoever no longer listens needs no answer.
        match (command, answer) {
            (Command::Claim(asked), Answer::Claim(claim)) => drop(asked.send(claim)),
            (Command::Cursor { answer: asked, .. }, Answer::Cursor(cursor)) => drop(asked.send(cursor)),
            (Command::Sync(asked) | Command::Stop(asked), _) => drop(asked.send(())),
            _ => {}
        }
    }
}

fn size(command: &Command) -> usize {
    match command {
        Command::Events(batch) => batch.items.iter().map(Incoming::size).sum(),
        _ => 64,
    }
}

fn events(group: &[Command]) -> usize {
    let events = |command: &Command| match command {
        Command::Events(batch) => {
            batch.items.iter().filter(|item| matches!(item, Incoming::Event(_))).count()
        }
        _ => 0,
    };
    group.iter().map(events).sum()
}
