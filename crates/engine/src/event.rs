//! The words of the domain: what a feed sends and what the log holds.
//!
//! None of these types is serialisable: the doors (command line, window) have wire types of their own, so
//! that a change here never changes what others read.

use std::fmt;
use std::time::Duration;

/// A moment on the wall clock, in milliseconds since 1970-01-01 UTC.
pub type Millis = i64;

/// The name of a feed in `config.toml`: 1 to 64 of `a-z`, `0-9`, `-` and `_`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FeedId(String);

impl FeedId {
    /// The id, or `None` when the text is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
        fits.then(|| Self(text.to_owned()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FeedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for FeedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The place of a row in the log: rising, never reused, with holes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Seq(pub i64);

/// A revision of the log: each row written or changed takes the next one. A new row has `rev == seq`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Rev(pub i64);

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
    /// The server set the reconnection time.
    Retry {
        /// The time it asked for, in milliseconds, before any clamp.
        ms: u64,
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
    /// The data, without the last line feed.
    pub data: String,
    /// The last event ID string at dispatch; empty when none.
    pub last_event_id: String,
    /// Whether this very event carried an `id:` line.
    pub explicit_id: bool,
    /// The origin of the final URL, after redirects.
    pub origin: String,
    /// Whether it was received within the replay that follows a resumed connection.
    pub replayed: bool,
    /// How grave the feed's configuration says it is.
    pub severity: Severity,
    /// What was decided about notifying.
    pub decision: Decision,
}

/// How an event came, was stored and was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// Its lines.
    pub lines: Lines,
    /// Its times.
    pub timing: Timing,
}

/// The lines of an event, up to its blank line, each with its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lines {
    /// Byte for byte.
    AsReceived(Vec<u8>),
    /// More than 1 MiB and not written in a plain way, so they were not kept.
    TooLarge,
    /// Stored by a version that kept none.
    Unknown,
}

/// An event's times; what an older version did not keep is `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timing {
    /// When its last byte was read.
    pub arrived_at: Millis,
    /// In how many reads it came.
    pub chunks: Option<u32>,
    /// The time from the first of them to the last.
    pub took: Option<Duration>,
    /// When the group that holds it began to be written.
    pub stored_at: Option<Millis>,
    /// How many events are in that group.
    pub in_group: Option<u64>,
    /// When the desktop took a notification that tells of it, by itself or among others.
    pub shown_at: Option<Millis>,
}

/// How grave an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Severity {
    /// Nothing special.
    #[default]
    Info,
    /// To be looked at.
    Warning,
    /// Must not be missed.
    Critical,
}

/// What was decided about an event, and by which rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The outcome.
    pub outcome: Outcome,
    /// The name of the rule that decided; `None` for the default.
    pub rule: Option<String>,
}

/// The outcome of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Only logged.
    Log,
    /// A notification of its own.
    Notify,
    /// Part of the one notification that counts, because the feed is over its flood limit.
    Digest,
    /// Would have notified, but notifications are muted.
    Muted,
}

impl Outcome {
    /// Whether the event counts as unread: it notified, or would have but for mute or the flood limit.
    pub fn alerts(self) -> bool {
        self != Outcome::Log
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
    /// Whether it was asked for what came after an earlier connection.
    pub resumed: bool,
    /// Whether events may be missing between the previous connection and this one.
    pub may_miss: bool,
    /// How many events the server sent again after it, which are in the log already and were left out.
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

/// A stretch in which events may be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The last moment at which nothing was missing.
    pub from: Millis,
    /// The first moment at which nothing is missing again.
    pub to: Millis,
    /// Why.
    pub reason: GapReason,
}

/// Why events may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GapReason {
    /// The feed sends no ids, so the server cannot be asked for what was missed. This reason and the next two are said
    /// once a feed and URL; later connections say it themselves ([`Opened::may_miss`]).
    NoIds,
    /// No event had come yet, so there was none to resume after.
    NoEventYet,
    /// The configuration says not to resume.
    ResumeOff,
    /// The server's history did not go back to where it was asked to resume.
    HistoryTooShort,
    /// An event was larger than `max_event` and was skipped.
    Oversize,
    /// The log was damaged; it was set aside and a new one begun.
    StoreReplaced,
}

/// Why a connection is not open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The server closed the stream.
    Ended,
    /// The connection was refused.
    Refused,
    /// The connection was reset or broke off.
    Reset,
    /// The host name has no address.
    Dns,
    /// No connection within the time allowed.
    ConnectTimeout,
    /// Connected, but no answer within the time allowed.
    NoAnswer,
    /// Not a byte within the idle limit.
    Idle,
    /// The certificate or the handshake was refused.
    Tls(String),
    /// Any other failure of the network.
    Network(String),
    /// A status that passes: 408, 425, 429 or 5xx.
    Status(u16),
    /// 204: the server has no more.
    NoContent,
    /// 401 or 403.
    SignIn(u16),
    /// 404 or 410.
    NotFound(u16),
    /// A 200 that is no event stream, with its content type.
    WrongType(String),
    /// A status that an event stream never has.
    Unexpected(u16),
    /// A redirect that is not followed, with the host it leads to.
    Redirect(String),
    /// A content encoding that was not asked for.
    Encoding(String),
    /// A secret would cross the network unencrypted.
    InsecureAuth,
    /// A header, user name or secret that HTTP cannot carry.
    BadHeader,
    /// The keychain is locked.
    KeychainLocked,
    /// There is no keychain.
    KeychainAbsent,
    /// The keychain did not answer.
    KeychainTimeout,
    /// The keychain has no secret of this name.
    SecretMissing(String),
    /// Silent since the machine woke or its network changed.
    Woke,
    /// A person asked, or the configuration changed.
    Restart,
}

impl Reason {
    /// A stable word for scripts and translations.
    pub fn code(&self) -> &'static str {
        match self {
            Reason::Ended => "ended",
            Reason::Refused => "refused",
            Reason::Reset => "reset",
            Reason::Dns => "dns",
            Reason::ConnectTimeout => "connect-timeout",
            Reason::NoAnswer => "no-answer",
            Reason::Idle => "idle",
            Reason::Tls(_) => "tls",
            Reason::Network(_) => "network",
            Reason::Status(_) => "status",
            Reason::NoContent => "no-content",
            Reason::SignIn(_) => "sign-in",
            Reason::NotFound(_) => "not-found",
            Reason::WrongType(_) => "wrong-type",
            Reason::Unexpected(_) => "unexpected-status",
            Reason::Redirect(_) => "redirect",
            Reason::Encoding(_) => "encoding",
            Reason::InsecureAuth => "insecure-auth",
            Reason::BadHeader => "bad-header",
            Reason::KeychainLocked => "keychain-locked",
            Reason::KeychainAbsent => "keychain-absent",
            Reason::KeychainTimeout => "keychain-timeout",
            Reason::SecretMissing(_) => "secret-missing",
            Reason::Woke => "woke",
            Reason::Restart => "restart",
        }
    }

    /// The HTTP status, where one is the reason.
    pub fn status(&self) -> Option<u16> {
        match self {
            Reason::Status(s) | Reason::SignIn(s) | Reason::NotFound(s) | Reason::Unexpected(s) => Some(*s),
            Reason::NoContent => Some(204),
            _ => None,
        }
    }

    /// The variable part: a content type, a host, the name of a secret, a cause.
    pub fn detail(&self) -> Option<&str> {
        match self {
            Reason::Tls(d)
            | Reason::Network(d)
            | Reason::WrongType(d)
            | Reason::Redirect(d)
            | Reason::Encoding(d)
            | Reason::SecretMissing(d) => Some(d),
            _ => None,
        }
    }

    /// The reason for these parts, as the log keeps them.
    pub fn from_parts(code: &str, status: Option<u16>, detail: Option<&str>) -> Option<Self> {
        let status = status.unwrap_or(0);
        let detail = || detail.unwrap_or_default().to_owned();
        Some(match code {
            "ended" => Reason::Ended,
            "refused" => Reason::Refused,
            "reset" => Reason::Reset,
            "dns" => Reason::Dns,
            "connect-timeout" => Reason::ConnectTimeout,
            "no-answer" => Reason::NoAnswer,
            "idle" => Reason::Idle,
            "tls" => Reason::Tls(detail()),
            "network" => Reason::Network(detail()),
            "status" => Reason::Status(status),
            "no-content" => Reason::NoContent,
            "sign-in" => Reason::SignIn(status),
            "not-found" => Reason::NotFound(status),
            "wrong-type" => Reason::WrongType(detail()),
            "unexpected-status" => Reason::Unexpected(status),
            "redirect" => Reason::Redirect(detail()),
            "encoding" => Reason::Encoding(detail()),
            "insecure-auth" => Reason::InsecureAuth,
            "bad-header" => Reason::BadHeader,
            "keychain-locked" => Reason::KeychainLocked,
            "keychain-absent" => Reason::KeychainAbsent,
            "keychain-timeout" => Reason::KeychainTimeout,
            "secret-missing" => Reason::SecretMissing(detail()),
            "woke" => Reason::Woke,
            "restart" => Reason::Restart,
            _ => return None,
        })
    }
}

/// The reason in English, for the command line and the program's own log.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Ended => f.write_str("stream ended"),
            Reason::Refused => f.write_str("connection refused"),
            Reason::Reset => f.write_str("connection broke off"),
            Reason::Dns => f.write_str("host name not found"),
            Reason::ConnectTimeout => f.write_str("could not connect in time"),
            Reason::NoAnswer => f.write_str("connected, but no answer"),
            Reason::Idle => f.write_str("silent for longer than the idle limit"),
            Reason::Tls(d) => write!(f, "TLS refused: {d}"),
            Reason::Network(d) => write!(f, "network failure: {d}"),
            Reason::Status(s) => write!(f, "status {s}"),
            Reason::NoContent => f.write_str("204 No Content"),
            Reason::SignIn(s) => write!(f, "not signed in ({s})"),
            Reason::NotFound(s) => write!(f, "nothing at this address ({s})"),
            Reason::WrongType(d) if d.is_empty() => f.write_str("not an event stream: no content type"),
            Reason::WrongType(d) => write!(f, "not an event stream: {d}"),
            Reason::Unexpected(s) => write!(f, "unexpected status {s}"),
            Reason::Redirect(d) => write!(f, "redirect to {d} not followed"),
            Reason::Encoding(d) => write!(f, "content encoding {d} was not asked for"),
            Reason::InsecureAuth => f.write_str("a secret is not sent over plain http"),
            Reason::BadHeader => f.write_str("a header or secret holds characters that HTTP cannot carry"),
            Reason::KeychainLocked => f.write_str("the keychain is locked"),
            Reason::KeychainAbsent => f.write_str("there is no keychain"),
            Reason::KeychainTimeout => f.write_str("the keychain did not answer"),
            Reason::SecretMissing(d) => write!(f, "the keychain has no secret named {d}"),
            Reason::Woke => f.write_str("silent since the machine woke or its network changed"),
            Reason::Restart => f.write_str("asked to reconnect"),
        }
    }
}
