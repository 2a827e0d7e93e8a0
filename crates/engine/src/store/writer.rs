//! The one thread that writes. What waits is committed as one group: while one commit reaches the disk, the
//! next group gathers.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{Notify, mpsc, watch};

use super::Command;
use super::apply::{Answer, Group, Outcomes};
use super::ledger::Ledger;
use super::outbox;
use super::schema::{StoreError, open_writer};
use crate::board::Board;
use crate::config::Config;
use crate::event::Rev;
use crate::feed::Incoming;
use crate::ports::Clock;
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
}

impl Writer {
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
}

/// Opens the log and starts its writer.
pub(crate) fn start(
    path: &Path,
    inbox: mpsc::Receiver<Command>,
    config: Arc<Config>,
    around: Surroundings,
) -> Result<Writer, StoreError> {
    let failed = |source| StoreError::Sqlite { path: path.to_owned(), source };
    let connection = open_writer(path)?;
    outbox::recover(&connection).map_err(failed)?;
    let ledger = Ledger::load(&connection).map_err(failed)?;
    let shown = outbox::last_shown(&connection).map_err(failed)?;
    around.board.loaded(&ledger, shown);
    around.bell.send_replace(Rev(ledger.rev));
    let state = State { connection, ledger, config, around };
    let thread = std::thread::Builder::new()
        .name("store".into())
        .spawn(move || state.run(inbox))
        .map_err(|error| failed(rusqlite::Error::ToSqlConversionFailure(Box::new(error))))?;
    Ok(Writer { thread })
}

struct State {
    connection: Connection,
    ledger: Ledger,
    config: Arc<Config>,
    around: Surroundings,
}

impl State {
    fn run(mut self, mut inbox: mpsc::Receiver<Command>) {
        while let Some(first) = inbox.blocking_recv() {
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
            let answers = self.write(&group);
            if is_last {
                drop(self.connection);
                answer(group, answers);
                return;
            }
            answer(group, answers);
        }
    }

    /// Writes a group, again and again while the disk refuses: nothing is dropped, and the full queue stops the
    /// reading of the feeds.
    fn write(&mut self, group: &[Command]) -> Vec<Answer> {
        let mut is_refused = false;
        let (outcomes, answers) = loop {
            match self.commit(group) {
                Ok(done) => break done,
                Err(error) => {
                    tracing::error!(%error, "the log cannot be written");
                    let message = format!(
                        "The log cannot be written: {error}. Make room on the disk; receiving waits."
                    );
                    self.around
                        .board
                        .set_problem(Some(Problem { kind: ProblemKind::Store, message }), ProblemKind::Store);
                    is_refused = true;
                    std::thread::sleep(REFUSED_PAUSE);
                }
            }
        };
        if is_refused {
            self.around.board.set_problem(None, ProblemKind::Store);
        }
        self.settle(outcomes, group);
        answers
    }

    fn commit(&mut self, group: &[Command]) -> rusqlite::Result<(Outcomes, Vec<Answer>)> {
        let now = self.around.clock.wall();
        let tx = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut work = Group::new(&tx, &self.ledger, Arc::clone(&self.config), now);
        let answers = group.iter().map(|command| work.apply(command)).collect::<Result<Vec<_>, _>>()?;
        let outcomes = work.finish()?;
        tx.commit()?;
        Ok((outcomes, answers))
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
