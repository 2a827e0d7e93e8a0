//! What went wrong in a TLS connection.

use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError, Error};

use super::tls::SelfSigned;
use crate::event::Fault;

/// The maximum number of host names of a certificate that a message has, and of characters of each.
const MAX_NAMES: usize = 3;
const MAX_NAME: usize = 100;

/// Returns the detail of a reason for a failure of TLS: the fault, and the fact that belongs to it.
pub(super) fn tls_fault(error: &Error) -> String {
    let fault = match error {
        Error::InvalidCertificate(error) => return certificate_fault(error),
        Error::NoCertificatesPresented => Fault::NoCertificate,
        Error::InvalidMessage(_) => Fault::NotTls,
        Error::PeerIncompatible(_) => Fault::NoCommonTls,
        Error::AlertReceived(alert) => match alert {
            AlertDescription::CertificateRequired
            | AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied => Fault::CertificateWanted,
            AlertDescription::ProtocolVersion | AlertDescription::InsufficientSecurity => Fault::NoCommonTls,
            _ => Fault::TlsRefused,
        },
        Error::PeerMisbehaved(_)
        | Error::InappropriateMessage { .. }
        | Error::InappropriateHandshakeMessage { .. } => Fault::TlsBroken,
        _ => Fault::TlsFailed,
    };
    fault.with("")
}

fn certificate_fault(error: &CertificateError) -> String {
    match error {
        CertificateError::UnknownIssuer => Fault::UnknownAuthority.with(""),
        CertificateError::Expired => Fault::Expired.with(""),
        CertificateError::ExpiredContext { not_after, .. } => Fault::Expired.with(&day(*not_after)),
        CertificateError::NotValidYet => Fault::NotYetValid.with(""),
        CertificateError::NotValidYetContext { not_before, .. } => Fault::NotYetValid.with(&day(*not_before)),
        CertificateError::NotValidForName => Fault::WrongHost.with(""),
        CertificateError::NotValidForNameContext { presented, .. } => {
            Fault::WrongHost.with(&names(presented))
        }
        CertificateError::Revoked => Fault::Revoked.with(""),
        CertificateError::Other(other) if other.0.is::<SelfSigned>() => Fault::SelfSigned.with(""),
        _ => Fault::BadCertificate.with(""),
    }
}

/// Returns the day of a time, in UTC.
fn day(time: UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).ok();
    let time = seconds.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    time.map(|time| time.strftime("%Y-%m-%d").to_string()).unwrap_or_default()
}

/// Returns the first host names of a certificate.
fn names(presented: &[String]) -> String {
    // The library writes them as `DnsName("a.example")`.
    let name = |name: &String| -> String {
        let name = name.trim_end_matches(')').rsplit_once('(').map_or(name.as_str(), |(_, name)| name);
        name.trim_matches('"').chars().take(MAX_NAME).collect()
    };
    let mut shown: Vec<String> = presented.iter().take(MAX_NAMES).map(name).collect();
    if presented.len() > MAX_NAMES {
        shown.push("…".into());
    }
    shown.join(", ")
}

#[cfg(test)]
mod tests;
