//! What the log holds: events and what happened to connections.

use strum::{EnumString, IntoStaticStr, VariantArray};

use super::gap::Gap;
use super::id::{FeedId, Millis, Rev, Seq};
use super::incoming::Part;
use super::reason::Reason;

/// One row of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The row's place.
    pub seq: Seq,
    /// The row's newest revision.
    pub rev: Rev,
    /// The feed that the row belongs to.
    pub feed: FeedId,
    /// When it was received or noticed.
    pub at: Millis,
    /// What happened.
    pub body: RowBody,
}

/// What a row says.
#[derive(Clone, Debug, PartialEq)]
pub enum RowBody {
    /// An event as dispatched by the standard (WHATWG HTML 9.2.6).
    Event(StoredEvent),
    /// A connection opened: an event stream was announced.
    Open(Opened),
    /// A connection ended or failed and another try will come. Runs of tries fold into one row.
    Reconnecting(Reconnecting),
    /// The server took the connection and has not answered for a while.
    NoAnswer {
        /// How long it has been silent, in milliseconds.
        after_ms: u64,
    },
    /// A server ends each connection after it sent its events, and is asked again. Runs of polls fold into one row.
    Polled(Polled),
    /// The server set the reconnection time.
    Retry {
        /// The time it asked for last, in milliseconds, before any clamp.
        ms: u64,
        /// How often it set one: after a few within a minute, further ones share a row.
        times: u64,
    },
    /// Events may be missing.
    Gap(Gap),
    /// The feed waits for a person, or tries rarely.
    Parked(Reason),
    /// The feed ended: 204 from the server (a reason), or switched off by a person (none).
    Closed(Option<Reason>),
}

/// An event in the log.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredEvent {
    /// The event type; `message` when the server named none.
    pub event_type: String,
    /// The data, without the last line feed; only its beginning where the reader asked for no more.
    pub data: String,
    /// The length of the whole data, in bytes.
    pub size: usize,
    /// The last event ID string at dispatch; empty when none.
    pub last_event_id: String,
    /// Whether this very event carried an `id:` line.
    pub explicit_id: bool,
    /// The origin of the final URL, after redirects.
    pub origin: String,
    /// Whether it was received within the replay that follows a resumed connection.
    pub replayed: bool,
    /// Its severity by the feed's configuration.
    pub severity: Severity,
    /// What was decided about notifying.
    pub decision: Decision,
    /// Which item of an event with a list it is; `None` for a whole event.
    pub part: Option<Part>,
}

/// How severe an event is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "kebab-case")]
pub enum Severity {
    /// Nothing special.
    #[default]
    Info,
    /// To be looked at.
    Warning,
    /// Must not be missed.
    Critical,
}

impl Severity {
    /// Returns the stable word for configuration, scripts and translations.
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// What was decided about an event, and by which rule.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Decision {
    /// The outcome.
    pub outcome: Outcome,
    /// The name of the rule that decided; `None` for the default.
    pub rule: Option<String>,
    /// What went wrong in the rule: which key, and why. The rule then matched, and notified with the event's own text.
    pub fault: Option<String>,
}

/// The outcome of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, EnumString, IntoStaticStr, VariantArray)]
pub enum Outcome {
    /// A control event: only logged, and faintly.
    #[strum(serialize = "control")]
    Control = -1,
    /// Only logged.
    #[strum(serialize = "logged")]
    #[default]
    Log = 0,
    /// A notification of its own.
    #[strum(serialize = "notified")]
    Notify,
    /// Part of the one notification that counts, because the feed is over its flood limit.
    #[strum(serialize = "digest")]
    Digest,
    /// Would have notified, but notifications are muted.
    #[strum(serialize = "muted")]
    Muted,
}

impl Outcome {
    /// Returns the stable word for scripts and translations.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// Returns whether the event counts as unread: it notified, or would have but for mute or the flood limit.
    pub fn alerts(self) -> bool {
        match self {
            Outcome::Control | Outcome::Log => false,
            Outcome::Notify | Outcome::Digest | Outcome::Muted => true,
        }
    }
}

/// Whether a connection goes on where an earlier one ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum Resumed {
    /// It was not asked to.
    #[default]
    No,
    /// The place was sent, and nothing shows that the server heeded it.
    Asked,
    /// The server is known to: it replayed, it went on without a hole in its count, or it said so.
    Shown,
    /// The ids of the feed name no place.
    Cannot,
}

impl Resumed {
    /// Returns the stable word for the log, scripts and translations.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// Returns whether the place was sent.
    pub fn is_asked(self) -> bool {
        self != Resumed::No
    }
}

/// An opened connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The status, 200.
    pub status: u16,
    /// The HTTP version: `1.0`, `1.1` or `2`.
    pub http: String,
    /// Time since the previous connection ended, in milliseconds; 0 for the first.
    pub after_ms: u64,
    /// Which try opened it, from 1.
    pub attempt: u32,
    /// Whether it goes on where an earlier one ended.
    pub resumed: Resumed,
    /// Whether events may be missing between the previous connection and this one.
    pub may_miss: bool,
    /// How many events the server sent again after it, which are in the log already and were left out.
    pub repeated: u64,
}

/// A run of connections that the server ended cleanly, each after an event and within 30 s.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Polled {
    /// The wait between two of them, in milliseconds.
    pub every_ms: u64,
    /// How many there were.
    pub polls: u64,
    /// When the run began.
    pub since: Millis,
    /// Whether the newest one goes on where the one before ended.
    pub resumed: Resumed,
    /// How many events the server sent again, which are in the log already and were left out.
    pub repeated: u64,
}

/// A wait before another try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reconnecting {
    /// Why the connection ended or failed.
    pub reason: Reason,
    /// The wait, in milliseconds.
    pub in_ms: u64,
    /// How many tries in a row ended like this.
    pub tries: u32,
    /// When the run of tries began.
    pub since: Millis,
    /// The last event ID that the next request will carry.
    pub last_event_id: String,
}
