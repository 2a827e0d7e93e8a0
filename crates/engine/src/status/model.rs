//! The status as one comparable value.

use crate::config::{AppSettings, Auth};
use crate::event::{FeedId, Millis, Mute, Notified, Problem, Reason, Rev, Seq};

/// Describes the feeds and the program: everything that window, tray and command line show besides the rows of the log.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Status {
    /// The feeds, in the order of the configuration.
    pub feeds: Vec<FeedStatus>,
    /// Whether and until when notifications are muted.
    pub mute: Mute,
    /// The most severe problem of the whole program.
    pub problem: Option<Problem>,
    /// When the engine started.
    pub since: Millis,
    /// The newest row.
    pub newest_seq: Seq,
    /// The newest revision.
    pub newest_rev: Rev,
    /// The number of stored events of all feeds.
    pub event_count: u64,
    /// The last three notifications, newest first.
    pub last_notified: Vec<Notified>,
    /// The settings of the desktop app, from the configuration.
    pub app: AppSettings,
}

/// Describes one feed.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedStatus {
    /// The id.
    pub id: FeedId,
    /// The name shown to people.
    pub name: String,
    /// The URL without what may be secret: query, fragment and userinfo.
    pub url: String,
    /// The state of the connection.
    pub connection: Connection,
    /// The number of unread events that a rule selected for a notification.
    pub unread: u64,
    /// Whether a critical event is among the unread ones.
    pub unread_critical: bool,
    /// Whether any rule of this feed can notify.
    pub alerts: bool,
    /// The number of stored events.
    pub count: u64,
    /// The number of events in each of the last 15 minutes, without control events, oldest first.
    pub rate: [u32; 15],
    /// The stored last event ID or cursor; empty for none.
    pub last_event_id: String,
    /// The silence after which something on the way to the server cuts connections, in milliseconds, if two were cut
    /// alike.
    pub quiet_limit_ms: Option<u64>,
    /// How the feed signs in; secrets by name.
    pub auth: Vec<Auth>,
}

/// The state of a feed's connection.
#[derive(Clone, Debug, PartialEq)]
pub enum Connection {
    /// A connection attempt is in progress.
    Connecting {
        /// When the attempt began.
        since: Millis,
        /// The number of the attempt, from 1.
        attempt: u32,
        /// Whether the server has accepted the connection but not answered for 10 s.
        slow: bool,
    },
    /// An event stream is open, or the feed is polled.
    Live {
        /// When it was opened; the first of a run of polls.
        since: Millis,
        /// The HTTP version: `1.1` or `2`, for example.
        http: String,
        /// The HTTP status, 200.
        status: u16,
        /// The time between two polls, in milliseconds, if the server ends each connection after its events.
        poll_ms: Option<u64>,
    },
    /// The connection failed or was lost; the feed waits to retry.
    Waiting {
        /// When the next attempt begins.
        retry_at: Millis,
        /// The number of the attempt that failed, from 1.
        attempt: u32,
        /// Why it failed or was lost.
        reason: Reason,
    },
    /// A person must act. The feed may still retry, but rarely.
    Parked {
        /// When it was parked.
        since: Millis,
        /// Why it was parked.
        reason: Reason,
        /// When the next automatic attempt begins; `None` if there will be none.
        retry_at: Option<Millis>,
    },
    /// The feed is disabled, or was ended by its server (204).
    Off {
        /// Why the server ended it; `None` if the feed is disabled.
        reason: Option<Reason>,
    },
}

impl Connection {
    /// Returns whether an event stream is open.
    pub fn is_live(&self) -> bool {
        matches!(self, Connection::Live { .. })
    }
}
