//! The words of the domain: what a feed sends and what the log holds.
//!
//! None of these types is serialisable: command line and window have wire types of their own, so that a change here
//! never changes what others read.

mod fault;
mod gap;
mod id;
mod incoming;
mod mute;
mod notified;
mod problem;
mod reason;
mod row;
mod trace;

pub use fault::Fault;
pub use gap::{Gap, GapReason};
pub use id::{FeedId, Millis, Rev, Seq};
pub use incoming::{Arrival, Incoming, IncomingEvent, Part, ReceivedLines};
pub use mute::{Mute, MuteFor};
pub use notified::{Click, Notified, Texts};
pub use problem::{PROBLEM_LOG, Problem, ProblemKind};
pub use reason::{Reason, ReasonCode};
pub use row::{
    Decision, Opened, Outcome, Polled, Reconnecting, Resumed, Row, RowBody, Severity, StoredEvent,
};
pub use trace::{Lines, Timing, Trace};
