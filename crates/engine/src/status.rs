//! What is going on, as one comparable value that the doors draw.

use crate::event::{FeedId, Millis, Reason, Rev, Seq};

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
    /// Only a person can mend it, though a rare try may go on.
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

/// Whether notifications are held back. Events still arrive and count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Mute {
    /// Notifications are shown.
    #[default]
    Off,
    /// Held back until this moment.
    Until(Millis),
    /// Held back until a person turns them on.
    On,
}

impl Mute {
    /// Whether notifications are held back at `now`.
    pub fn holds(self, now: Millis) -> bool {
        match self {
            Mute::Off => false,
            Mute::Until(at) => now < at,
            Mute::On => true,
        }
    }
}

/// A problem of the whole program; the feeds go on as far as they can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub kind: ProblemKind,
    /// The facts, in English: which file, where in it, what the system said.
    pub message: String,
}

/// What happened and what to do, in English, for the command line and the program's own log.
impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let advice = match self.kind {
            ProblemKind::Config => "The last good configuration stays in force.",
            ProblemKind::ConfigAtStart => "Nothing is received until this is mended.",
            ProblemKind::Disk => "Make room on the disk; receiving waits.",
            ProblemKind::Store => "Receiving waits.",
            ProblemKind::Replaced => "What was received before is in the file set aside.",
        };
        write!(f, "{}\n{advice}", self.message)
    }
}

/// Where a problem of the whole program is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// `config.toml` has a problem; the last good one stays in force.
    Config,
    /// `config.toml` had a problem when the program started: nothing is received until it is mended.
    ConfigAtStart,
    /// The disk is full; reading is paused.
    Disk,
    /// The database cannot be written; reading is paused.
    Store,
    /// The database was damaged; it was set aside and a new one begun. Told until the program ends.
    Replaced,
}

/// A notification that was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notified {
    /// The row it is about (the newest of a digest).
    pub seq: Seq,
    /// The feed.
    pub feed: FeedId,
    /// What it says, in one line.
    pub text: String,
    /// When it was shown.
    pub at: Millis,
}

/// Settings that the doors read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AppSettings {
    /// The language of the interface.
    pub language: Language,
    /// Light, dark, or as the system says.
    pub theme: Theme,
    /// Whether closing the window keeps the program in the tray.
    pub close_to_tray: bool,
}

impl Default for AppSettings {
    fn default() -> Self {
        Self { language: Language::Auto, theme: Theme::System, close_to_tray: true }
    }
}

/// The language of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Language {
    /// As the system's.
    #[default]
    Auto,
    /// English.
    En,
    /// Simplified Chinese.
    ZhCn,
}

/// The theme of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the system's.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}
