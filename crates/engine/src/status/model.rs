//! The state as one comparable value.

use crate::config::AppSettings;
use crate::event::{FeedId, Millis, Mute, Notified, Problem, Reason, Rev, Seq};

/// Everything a door needs to draw its surroundings of the log.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Status {
    /// The feeds, in the order of the configuration.
    pub feeds: Vec<FeedStatus>,
    /// Whether notifications are held back.
    pub mute: Mute,
    /// A problem of the whole program.
    pub problem: Option<Problem>,
    /// When this process began to receive.
    pub since: Millis,
    /// The newest row.
    pub newest_seq: Seq,
    /// The newest revision.
    pub newest_rev: Rev,
    /// Events stored in all.
    pub event_count: u64,
    /// The newest deliveries that were shown, newest first, three at most.
    pub last_notified: Vec<Notified>,
    /// Settings of the doors, from the configuration.
    pub app: AppSettings,
}

/// One feed.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedStatus {
    /// Its id.
    pub id: FeedId,
    /// Its name for people.
    pub name: String,
    /// Its address without query and userinfo.
    pub url: String,
    /// The state of its connection.
    pub connection: Connection,
    /// Events that alerted and were not seen.
    pub unread: u64,
    /// Whether a critical one is among them.
    pub unread_critical: bool,
    /// Whether any rule of this feed can notify.
    pub alerts: bool,
    /// Events stored.
    pub count: u64,
    /// Events a minute over the last 15 minutes, oldest first.
    pub rate: [u32; 15],
    /// The stored last event ID.
    pub last_event_id: String,
    /// The name of its secret in the keychain.
    pub secret_name: Option<String>,
}

/// The state of a feed's connection.
#[derive(Clone, Debug, PartialEq)]
pub enum Connection {
    /// A try is under way.
    Connecting {
        /// Since when.
        since: Millis,
        /// Which try, from 1.
        attempt: u32,
        /// The server took the connection and has not answered for 10 s.
        slow: bool,
    },
    /// An event stream is open.
    Live {
        /// Since when.
        since: Millis,
        /// HTTP version.
        http: String,
        /// Status, 200.
        status: u16,
    },
    /// Waiting for the next try.
    Waiting {
        /// When it comes.
        retry_at: Millis,
        /// Which try failed, from 1.
        attempt: u32,
        /// Why.
        reason: Reason,
    },
    /// Only a person can correct it, though a rare retry may go on.
    Parked {
        /// Since when.
        since: Millis,
        /// Why.
        reason: Reason,
        /// When the next rare try comes, if one does.
        retry_at: Option<Millis>,
    },
    /// Switched off by a person (no reason), or ended by the server (204).
    Off {
        /// Why, when a server ended it.
        reason: Option<Reason>,
    },
}

impl Connection {
    /// Whether an event stream is open.
    pub fn is_live(&self) -> bool {
        matches!(self, Connection::Live { .. })
    }
}
