//! What the writer is asked to do.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::deliveries::Delivery;
use super::file_id::FileId;
use super::ledger::Cursor;
use crate::config::Config;
use crate::event::{FeedId, Gap, Incoming, Millis, Mute, RowBody, Seq};

/// A command on its way to the writer.
pub(super) struct Request {
    pub command: Command,
    /// About how much memory the command holds, in bytes.
    pub bytes: usize,
    /// How many events it holds.
    pub events: usize,
    /// Who waits for the command to be committed.
    pub asked: Option<oneshot::Sender<Answer>>,
    /// The request's share of the queue, given back when the writer takes the request.
    pub share: Option<OwnedSemaphorePermit>,
}

impl Request {
    /// Creates a request that nobody waits for and that has no share of the queue.
    pub fn of(command: Command) -> Self {
        let events = match &command {
            Command::Events(batch) => batch.events(),
            _ => 0,
        };
        Self { command, bytes: 0, events, asked: None, share: None }
    }
}

/// The answer to a request, given after its commit.
pub(super) enum Answer {
    /// The command was carried out.
    Done,
    /// How far the feed was received, and when anything last came from another of its addresses.
    Cursor(Cursor, Option<Millis>),
}

/// Each command is part of a transaction. None is lost while the disk is full.
pub(super) enum Command {
    /// Store a feed's events and move its cursor.
    Events(Batch),
    /// Say that an item of a batch cannot be stored, and move the feed's cursor past it.
    Refused(Batch),
    /// Store a row about a connection.
    Row { feed: FeedId, at: Millis, body: RowBody },
    /// A connection of a feed ended: the next one has a row of its own, or shares one.
    ConnectionEnded(FeedId),
    /// A feed that cannot resume was away: logged the first time, for each of its URLs.
    CannotResume { feed: FeedId, url: Arc<str>, gap: Gap },
    /// Decide by this configuration from here on.
    Config(Arc<Config>),
    /// Hold notifications back, or no longer.
    Mute(Mute),
    /// These rows were seen.
    MarkRead { feed: Option<FeedId>, up_to: Seq },
    /// The feed was removed: forget its cursors and states, and its rows if asked.
    Forget { feed: FeedId, delete_events: bool },
    /// The dispatcher waits for the next delivery to show.
    WantDelivery,
    /// A claimed delivery is on the desktop; the dispatcher waits for the next.
    Delivered { delivery: Box<Delivery>, text: String, at: Millis },
    /// A claimed delivery could not be shown.
    Undelivered(i64),
    /// Answer how far this feed was received.
    Cursor { feed: FeedId, url: Arc<str> },
    /// Look for rows that are too old.
    Tidy,
    /// A reader found this file damaged.
    Damaged(Option<FileId>),
    /// Commit what came before, close the database, answer.
    Stop,
}

impl Command {
    /// Splits what one read brought in two, so that an item that the log refuses is found; `None` where there is nothing
    /// to split.
    pub fn split(&self) -> Option<[Self; 2]> {
        let Self::Events(batch) = self else { return None };
        let (first, second) = batch.items.split_at(batch.items.len() / 2);
        let part = |items: &[Incoming]| Self::Events(Batch { items: items.to_vec(), ..batch.clone() });
        (!first.is_empty()).then(|| [part(first), part(second)])
    }

    /// Returns what is stored in place of an item that the log refuses; `None` where the command holds none.
    pub fn refused(&self) -> Option<Self> {
        match self {
            Self::Events(batch) => Some(Self::Refused(batch.clone())),
            _ => None,
        }
    }
}

/// What one read of a connection brought.
#[derive(Clone)]
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
}

impl Batch {
    /// Returns how many events it holds.
    pub fn events(&self) -> usize {
        self.items.iter().filter(|item| matches!(item, Incoming::Event(_))).count()
    }
}
