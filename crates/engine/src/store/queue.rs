//! The way to the writer: a queue that is bounded in commands, in bytes and in events.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::Thread;

use tokio::sync::{Semaphore, mpsc, oneshot};

use super::command::{Answer, Batch, Command, Request};
use super::deliveries::Delivery;
use super::file_id::FileId;
use super::ledger::Cursor;
use crate::config::Config;
use crate::event::{FeedId, Gap, Incoming, Millis, Mute, RowBody, Seq};

/// How many commands may wait for the writer.
const QUEUE: usize = 256;
/// How many KiB of events may wait for the writer, over all feeds; the writer itself holds about as much again.
const QUEUE_KIB: usize = 32 * 1024;
/// What an event counts for at least, in KiB, however small. The end of the program waits for every row that is queued
/// or being written, so no more than 2,048 events may be queued.
const EVENT_KIB: usize = 16;
/// What a command without events counts for, in bytes.
const COMMAND_BYTES: usize = 64;

/// Hands commands to the writer.
#[derive(Clone)]
pub(crate) struct StoreHandle {
    queue: mpsc::Sender<Request>,
    room: Arc<Room>,
}

/// What the queue still takes, and whom to wake when that is little.
pub(super) struct Room {
    kib: Arc<Semaphore>,
    writer: OnceLock<Thread>,
    /// Whether someone waits for the commit of what is queued.
    is_awaited: AtomicBool,
}

/// The writer has ended, as it does when the engine shuts down.
#[derive(Debug)]
pub(crate) struct Closed;

impl Room {
    /// Returns whether so much waits that the writer should not gather any longer.
    pub fn is_scarce(&self) -> bool {
        self.kib.available_permits() < QUEUE_KIB / 2
    }

    /// Wakes the writer from its pause, or lets it leave out the next one.
    fn hurry(&self) {
        self.is_awaited.store(true, Ordering::Release);
        if let Some(writer) = self.writer.get() {
            writer.unpark();
        }
    }

    /// Returns whether the writer should not gather any longer because someone waits for the commit.
    pub fn is_awaited(&self) -> bool {
        self.is_awaited.load(Ordering::Acquire)
    }

    /// Forgets who waits: the writer takes what is queued.
    pub fn take_awaited(&self) {
        self.is_awaited.store(false, Ordering::Release);
    }

    /// Wakes this thread from its pause once the room is scarce, or someone waits for a commit.
    pub fn wakes(&self, writer: Thread) {
        // One queue has one writer, so this is set once.
        let _ = self.writer.set(writer);
    }
}

/// The writer's end of the queue.
pub(crate) struct Inbox {
    pub(super) requests: mpsc::Receiver<Request>,
    pub(super) room: Arc<Room>,
}

impl StoreHandle {
    /// Returns a handle and the queue that the writer empties.
    pub fn channel() -> (Self, Inbox) {
        let (queue, requests) = mpsc::channel(QUEUE);
        let room = Arc::new(Room {
            kib: Arc::new(Semaphore::new(QUEUE_KIB)),
            writer: OnceLock::new(),
            is_awaited: AtomicBool::new(false),
        });
        (Self { queue, room: Arc::clone(&room) }, Inbox { requests, room })
    }

    /// Stores events. Waits while the queue is full, so that the reading stops and the server slows.
    ///
    /// # Errors
    /// [`Closed`], as all of these methods, once the writer has ended.
    pub async fn events(&self, batch: Batch) -> Result<(), Closed> {
        let bytes: usize = batch.items.iter().map(Incoming::size).sum();
        let kib = (bytes / 1024).max(batch.items.len() * EVENT_KIB);
        let share = u32::try_from(kib.clamp(1, QUEUE_KIB)).unwrap_or(u32::MAX);
        let share = Arc::clone(&self.room.kib).acquire_many_owned(share).await.map_err(|_| Closed)?;
        let request = Request { bytes, share: Some(share), ..Request::of(Command::Events(batch)) };
        self.queue.send(request).await.map_err(|_| Closed)?;
        let is_scarce = self.room.is_scarce() || self.queue.capacity() < QUEUE / 2;
        if is_scarce && let Some(writer) = self.room.writer.get() {
            writer.unpark();
        }
        Ok(())
    }

    /// Stores a row about a connection.
    pub async fn row(&self, feed: &FeedId, at: Millis, body: RowBody) -> Result<(), Closed> {
        self.send(Command::Row { feed: feed.clone(), at, body }).await
    }

    /// A connection ended of which no row tells.
    pub async fn connection_ended(&self, feed: &FeedId) -> Result<(), Closed> {
        self.send(Command::ConnectionEnded(feed.clone())).await
    }

    /// Stores a gap row the first time that a feed at this URL cannot resume for the gap's reason.
    pub async fn cannot_resume(&self, feed: &FeedId, url: &Arc<str>, gap: Gap) -> Result<(), Closed> {
        self.send(Command::CannotResume { feed: feed.clone(), url: Arc::clone(url), gap }).await
    }

    /// Decides by this configuration from here on.
    pub async fn config(&self, config: Arc<Config>) -> Result<(), Closed> {
        self.send(Command::Config(config)).await
    }

    /// Holds notifications back, or no longer; done once that is committed.
    pub async fn mute(&self, mute: Mute) -> Result<(), Closed> {
        self.ask(Command::Mute(mute)).await.map(drop)
    }

    /// Marks rows as seen, of one feed or of all; done once that is committed.
    pub async fn mark_read(&self, feed: Option<FeedId>, up_to: Seq) -> Result<(), Closed> {
        self.ask(Command::MarkRead { feed, up_to }).await.map(drop)
    }

    /// Forgets a removed feed, and its rows if asked; done once that is committed.
    pub async fn forget(&self, feed: &FeedId, delete_events: bool) -> Result<(), Closed> {
        self.ask(Command::Forget { feed: feed.clone(), delete_events }).await.map(drop)
    }

    /// Asks for the next delivery; it comes by the dispatcher's channel.
    pub async fn want_delivery(&self) -> Result<(), Closed> {
        self.send(Command::WantDelivery).await?;
        self.room.hurry();
        Ok(())
    }

    /// Marks a delivery as shown, and asks for the next one in the same transaction.
    pub async fn delivered(&self, delivery: Delivery, text: String, at: Millis) -> Result<(), Closed> {
        self.send(Command::Delivered { delivery: Box::new(delivery), text, at }).await?;
        // The next notification waits for it.
        self.room.hurry();
        Ok(())
    }

    /// Gives a delivery back that could not be shown.
    pub async fn undelivered(&self, id: i64) -> Result<(), Closed> {
        self.send(Command::Undelivered(id)).await
    }

    /// Looks for rows that are too old at the next chance.
    pub async fn tidy(&self) -> Result<(), Closed> {
        self.send(Command::Tidy).await
    }

    /// Reports that a reader found this file damaged; never waits.
    pub fn report_damage(&self, file: Option<FileId>) {
        let request = plain(Command::Damaged(file), None);
        // A full queue loses nothing: a reader that goes on finds the damage again.
        let _ = self.queue.try_send(request);
    }

    /// Returns how far a feed was received at this URL, and when anything last came from another of its URLs.
    pub async fn cursor(&self, feed: &FeedId, url: &Arc<str>) -> Result<(Cursor, Option<Millis>), Closed> {
        match self.ask(Command::Cursor { feed: feed.clone(), url: Arc::clone(url) }).await? {
            Answer::Cursor(cursor, elsewhere) => Ok((cursor, elsewhere)),
            Answer::Done => Err(Closed),
        }
    }

    /// Waits until everything handed over before is committed and the database is closed.
    pub async fn stop(&self) -> Result<(), Closed> {
        self.ask(Command::Stop).await.map(drop)
    }

    async fn send(&self, command: Command) -> Result<(), Closed> {
        self.queue.send(plain(command, None)).await.map_err(|_| Closed)
    }

    async fn ask(&self, command: Command) -> Result<Answer, Closed> {
        let (asked, answered) = oneshot::channel();
        self.queue.send(plain(command, Some(asked))).await.map_err(|_| Closed)?;
        self.room.hurry();
        answered.await.map_err(|_| Closed)
    }
}

/// A request without events.
fn plain(command: Command, asked: Option<oneshot::Sender<Answer>>) -> Request {
    Request { command, bytes: COMMAND_BYTES, events: 0, asked, share: None }
}
