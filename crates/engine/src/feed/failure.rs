//! Why a connection failed, from what the libraries report.

use std::error::Error;
use std::io;
use std::time::Duration;

use bellwire_sse::DropKind;

use crate::event::Reason;

/// A connection that was not opened, or an open one that was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub reason: Reason,
    pub follow_up: FollowUp,
    /// The least wait that the server asked for.
    pub retry_after: Option<Duration>,
}

/// What follows a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FollowUp {
    /// Another try.
    Retry(DropKind),
    /// A person must act; a rare try goes on beside.
    Park,
    /// A person must act; trying by itself would be wrong.
    ParkForGood,
    /// The server said that there is no more.
    End,
}

impl Failure {
    pub fn retry(reason: Reason) -> Self {
        Self { reason, follow_up: FollowUp::Retry(DropKind::Failed), retry_after: None }
    }

    pub fn lost(reason: Reason) -> Self {
        let kind = if reason == Reason::Ended { DropKind::Ended } else { DropKind::Broken };
        Self { reason, follow_up: FollowUp::Retry(kind), retry_after: None }
    }

    pub fn park(reason: Reason) -> Self {
        Self { reason, follow_up: FollowUp::Park, retry_after: None }
    }

    pub fn park_for_good(reason: Reason) -> Self {
        Self { reason, follow_up: FollowUp::ParkForGood, retry_after: None }
    }

    pub fn end(reason: Reason) -> Self {
        Self { reason, follow_up: FollowUp::End, retry_after: None }
    }
}

/// The reason behind an error of the HTTP client. Nothing of the URL gets into it: a query may hold a secret.
pub(crate) fn reason(error: &reqwest::Error) -> Reason {
    if error.is_builder() {
        return Reason::BadHeader;
    }
    if error.is_dns() {
        return Reason::Dns;
    }
    let mut deepest: &dyn Error = error;
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<rustls::Error>() {
            return Reason::Tls(error.to_string());
        }
        let io = error.downcast_ref::<io::Error>();
        if let Some(reason) = io.and_then(io_reason) {
            return reason;
        }
        deepest = error;
        // What an I/O error wraps is not its source: that would be the source of what it wraps.
        cause = match io.and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    if error.is_timeout() {
        return Reason::ConnectTimeout;
    }
    if error.is_body() || error.is_decode() || error.is_request() {
        return Reason::Reset;
    }
    let text = if deepest.is::<reqwest::Error>() { "request failed".to_owned() } else { deepest.to_string() };
    Reason::Network(text)
}

fn io_reason(error: &io::Error) -> Option<Reason> {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Some(Reason::Refused),
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::UnexpectedEof => Some(Reason::Reset),
        io::ErrorKind::TimedOut => Some(Reason::ConnectTimeout),
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable | io::ErrorKind::NetworkDown => {
            Some(Reason::Network("the network is unreachable".into()))
        }
        _ => None,
    }
}
