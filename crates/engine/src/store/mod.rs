//! The log: one writer, any number of readers, one SQLite file.

mod apply;
mod away;
mod chores;
mod codec;
mod damage;
mod index;
mod ledger;
mod needle;
mod new_event;
mod opening;
mod outbox;
mod overlap;
mod reader;
mod retention;
mod schema;
mod search;
mod trace;
mod writer;

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use crate::config::Config;
use crate::event::{FeedId, Gap, Millis, RowBody, Seq};
use crate::feed::Incoming;
use crate::status::Mute;

pub(crate) use chores::remind;
pub(crate) use ledger::{Cursor, FeedLedger, Ledger};
pub use needle::Needle;
pub(crate) use outbox::{Claim, Delivery};
pub(crate) use reader::FileId;
pub use reader::{At, Changes, LogReader, Page, ReadError, View};
pub use schema::StoreError;
pub use search::Found;
pub(crate) use writer::{Surroundings, Writer, start};

/// How many commands may wait for the writer.
const QUEUE: usize = 256;
/// How many KiB of events may wait for the writer, over all feeds.
const QUEUE_KIB: usize = 64 * 1024;
/// What an event counts for at least, in KiB, however small: who asks the program to end waits for every row that is
/// queued, so no more than 4,096 events may be. What is queued is written as one group, too, and notifications wait for it.
const EVENT_KIB: usize = 16;

/// What the writer is asked to do. Each is part of a transaction; none is lost while the disk is full.
pub(crate) enum Command {
    /// Store a feed's events and move its cursor.
    Events(Batch),
    /// Store a row about a connection.
    Row { feed: FeedId, at: Millis, body: RowBody },
    /// A feed that cannot resume was away: said the first time, for each of its URLs.
    CannotResume { feed: FeedId, url: Arc<str>, gap: Gap },
    /// Decide by this configuration from here on.
    Config(Arc<Config>),
    /// Hold notifications back, or no longer.
    Mute(Mute),
    /// These rows were seen.
    MarkRead { feed: Option<FeedId>, up_to: Seq },
    /// The feed was removed: forget its cursor, and its rows if asked.
    Forget { feed: FeedId, delete_events: bool },
    /// Take the next delivery to show.
    Claim(oneshot::Sender<Claim>),
    /// A claimed delivery stands on the desktop.
    Delivered { delivery: Delivery, text: String, at: Millis },
    /// A claimed delivery could not be shown.
    Undelivered(i64),
    /// How far was this feed received?
    Cursor { feed: FeedId, url: Arc<str>, answer: oneshot::Sender<Cursor> },
    /// Look for what is too old.
    Tidy,
    /// A reader found this file damaged.
    Damaged(Option<FileId>),
    /// Answer once everything before is committed.
    Sync(oneshot::Sender<()>),
    /// Commit what came before, close the database, answer.
    Stop(oneshot::Sender<()>),
}

/// What one read of a connection brought.
pub(crate) struct Batch {
    pub feed: FeedId,
    /// The feed's configured URL: cursors are keyed by feed and URL.
    pub url: Arc<str>,
    /// The origin of the final URL.
    pub origin: Arc<str>,
    pub at: Millis,
    /// Whether this is within the replay that follows a resumed connection.
    pub replaying: bool,
    pub items: Vec<Incoming>,
    /// Its share of the queue, given back after the commit.
    pub permit: Option<OwnedSemaphorePermit>,
}

/// The way to the writer.
#[derive(Clone)]
pub(crate) struct StoreHandle {
    queue: mpsc::Sender<Command>,
    room: Arc<Semaphore>,
}

/// The writer has ended, as it does when the engine shuts down.
#[derive(Debug)]
pub(crate) struct Closed;

impl StoreHandle {
    /// A handle and the queue that the writer empties.
    pub fn channel() -> (Self, mpsc::Receiver<Command>) {
        let (queue, inbox) = mpsc::channel(QUEUE);
        (Self { queue, room: Arc::new(Semaphore::new(QUEUE_KIB)) }, inbox)
    }

    /// Hands events over; waits while the queue is full, so that the reading stops and the server slows.
    pub async fn events(&self, mut batch: Batch) -> Result<(), Closed> {
        let bytes: usize = batch.items.iter().map(Incoming::size).sum();
        let kib = (bytes / 1024).max(batch.items.len() * EVENT_KIB);
        let share = u32::try_from(kib.clamp(1, QUEUE_KIB)).unwrap_or(u32::MAX);
        batch.permit = Some(Arc::clone(&self.room).acquire_many_owned(share).await.map_err(|_| Closed)?);
        self.send(Command::Events(batch)).await
    }

    /// Hands any other command over.
    pub async fn send(&self, command: Command) -> Result<(), Closed> {
        self.queue.send(command).await.map_err(|_| Closed)
    }

    /// Says that a reader found this file damaged; never waits.
    pub fn report_damage(&self, file: Option<FileId>) {
        // A full queue is no loss: whoever reads on finds the damage again.
        let _ = self.queue.try_send(Command::Damaged(file));
    }

    /// Done once everything handed over before is committed.
    pub async fn sync(&self) -> Result<(), Closed> {
        let (done, synced) = oneshot::channel();
        self.send(Command::Sync(done)).await?;
        synced.await.map_err(|_| Closed)
    }

    /// How far a feed was received at this URL.
    pub async fn cursor(&self, feed: &FeedId, url: &Arc<str>) -> Result<Cursor, Closed> {
        let (answer, found) = oneshot::channel();
        self.send(Command::Cursor { feed: feed.clone(), url: Arc::clone(url), answer }).await?;
        found.await.map_err(|_| Closed)
    }

    /// Done once everything handed over before is committed and the database is closed.
    pub async fn stop(&self) -> Result<(), Closed> {
        let (done, stopped) = oneshot::channel();
        self.send(Command::Stop(done)).await?;
        stopped.await.map_err(|_| Closed)
    }

    /// The next delivery to show.
    pub async fn claim(&self) -> Result<Claim, Closed> {
        let (answer, claimed) = oneshot::channel();
        self.send(Command::Claim(answer)).await?;
        claimed.await.map_err(|_| Closed)
    }
}
