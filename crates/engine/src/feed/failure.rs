//! Translates errors of the HTTP client into reasons, and decides what follows a failure.

use std::error::Error;
use std::io;
use std::time::Duration;

use bellwire_sse::DropKind;

use crate::event::Reason;

/// A connection attempt that failed, or an open connection that was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// The reason shown to people.
    pub reason: Reason,
    /// What follows.
    pub follow_up: FollowUp,
    /// The minimum delay that the server asked for with `Retry-After`.
    pub retry_after: Option<Duration>,
}

/// What follows a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FollowUp {
    /// Retries after the delay of the backoff.
    Retry(DropKind),
    /// Needs a person to act; retries rarely in the meantime.
    Park,
    /// The server refused the secret. It is tried once more after some minutes, in case something on the way refused it,
    /// and then hourly: repeated attempts to sign in may lock an account.
    Refused,
    /// Needs a person to act; does not retry. Only another configuration or secret can help.
    ParkForGood,
    /// The server ended the feed.
    End,
}

impl Failure {
    /// Creates the failure of an attempt that may succeed later.
    pub fn retry(reason: Reason) -> Self {
        Self { reason, follow_up: FollowUp::Retry(DropKind::Failed), retry_after: None }
    }

    /// Creates the failure of a connection that was open.
    pub fn lost(reason: Reason) -> Self {
        let kind = if reason == Reason::Ended { DropKind::Ended } else { DropKind::Broken };
        Self { reason, follow_up: FollowUp::Retry(kind), retry_after: None }
    }

    /// Creates a failure that needs a person and is retried rarely.
    pub fn park(reason: Reason) -> Self {
        Self { reason, follow_up: FollowUp::Park, retry_after: None }
    }

    /// Creates the failure of an attempt whose secret the server refused.
    pub fn refused(reason: Reason) -> Self {
        Self { reason, follow_up: FollowUp::Refused, retry_after: None }
    }

    /// Creates a failure that needs a person and is not retried.
    pub fn park_for_good(reason: Reason) -> Self {
        Self { reason, follow_up: FollowUp::ParkForGood, retry_after: None }
    }

    /// Returns whether the request may have been refused for the place that it resumes after, and not for who asks.
    pub fn may_be_of_the_place(&self) -> bool {
        matches!(self.reason, Reason::Unexpected(400..=499) | Reason::NotFound(_))
    }

    /// Returns whether the request may have been refused for its size, as some servers say: 400, 413, 414 or 431.
    pub fn may_be_of_the_size(&self) -> bool {
        matches!(self.reason, Reason::Unexpected(400 | 413 | 414 | 431))
    }

    /// Creates the end of a feed by its server.
    pub fn end(reason: Reason) -> Self {
        Self { reason, follow_up: FollowUp::End, retry_after: None }
    }
}

/// Returns the reason for an error of the HTTP client. It contains no part of the URL, because a query may contain a
/// secret.
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
            return Reason::Tls(tls_detail(error));
        }
        let io = error.downcast_ref::<io::Error>();
        if let Some(reason) = io.and_then(io_reason) {
            return reason;
        }
        deepest = error;
        // `source` of an I/O error skips the error that it wraps, so that one is asked for by `get_ref`.
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

/// Returns in people's words why a TLS connection failed.
fn tls_detail(error: &rustls::Error) -> String {
    use rustls::{CertificateError, Error};
    let words = match error {
        Error::InvalidCertificate(error) => match error {
            CertificateError::UnknownIssuer => {
                "the certificate is not signed by an authority that this computer trusts"
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "the certificate has expired"
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "the certificate is not valid yet"
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "the certificate is for another host name"
            }
            CertificateError::Revoked => "the certificate was revoked",
            _ => "the certificate is not valid for a server",
        },
        Error::NoCertificatesPresented => "the server has no certificate",
        Error::InvalidMessage(_) => "the server does not speak TLS at this port",
        Error::PeerIncompatible(_) => "the server has no TLS version or cipher in common with Bellwire",
        Error::AlertReceived(_) => "the server refused the secure connection",
        Error::PeerMisbehaved(_)
        | Error::InappropriateMessage { .. }
        | Error::InappropriateHandshakeMessage { .. } => "the server does not keep to TLS",
        _ => "the secure connection could not be set up",
    };
    words.to_owned()
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

#[cfg(test)]
mod tests {
    use rustls::{AlertDescription, CertificateError, Error, InvalidMessage, PeerIncompatible};

    use super::tls_detail;

    #[test]
    fn a_failure_of_tls_is_said_in_peoples_words() {
        let errors = [
            (
                Error::InvalidCertificate(CertificateError::UnknownIssuer),
                "an authority that this computer trusts",
            ),
            (Error::InvalidCertificate(CertificateError::Expired), "the certificate has expired"),
            (Error::InvalidCertificate(CertificateError::NotValidYet), "the certificate is not valid yet"),
            (Error::InvalidCertificate(CertificateError::NotValidForName), "is for another host name"),
            (Error::InvalidCertificate(CertificateError::Revoked), "was revoked"),
            (Error::InvalidCertificate(CertificateError::BadSignature), "is not valid for a server"),
            (Error::NoCertificatesPresented, "has no certificate"),
            (Error::InvalidMessage(InvalidMessage::InvalidContentType), "does not speak TLS at this port"),
            (
                Error::PeerIncompatible(PeerIncompatible::ServerDoesNotSupportTls12Or13),
                "no TLS version or cipher",
            ),
            (Error::AlertReceived(AlertDescription::HandshakeFailure), "refused the secure connection"),
            (Error::HandshakeNotComplete, "could not be set up"),
        ];
        for (error, words) in errors {
            let said = tls_detail(&error);
            assert!(said.contains(words), "{error:?}: {said}");
            let is_type_name = |word: &str| {
                word.chars().skip(1).any(|c| c.is_ascii_lowercase())
                    && word.chars().skip(1).any(|c| c.is_ascii_uppercase())
            };
            assert!(!said.split_whitespace().any(is_type_name), "{said}");
        }
    }
}
