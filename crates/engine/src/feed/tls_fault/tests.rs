use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{InvalidMessage, OtherError, PeerIncompatible};

use super::*;
use crate::event::Reason;

fn certificate(error: CertificateError) -> Error {
    Error::InvalidCertificate(error)
}

#[test]
fn a_failure_of_tls_is_said_in_peoples_words() {
    let time = UnixTime::since_unix_epoch(Duration::from_secs(1_795_000_000));
    let day = UnixTime::since_unix_epoch(Duration::from_secs(1_763_000_000));
    let wrong_host = CertificateError::NotValidForNameContext {
        expected: ServerName::try_from("feed.example").unwrap(),
        presented: vec!["DnsName(\"a.example\")".into(), "IpAddress(192.0.2.1)".into()],
    };
    let errors = [
        (certificate(CertificateError::UnknownIssuer), "an authority that this computer trusts"),
        (certificate(CertificateError::Other(OtherError(Arc::new(SelfSigned)))), "signed by itself"),
        (certificate(CertificateError::Expired), "the certificate has expired"),
        (
            certificate(CertificateError::ExpiredContext { time, not_after: day }),
            "the certificate has expired (2025-11-13)",
        ),
        (
            certificate(CertificateError::NotValidYetContext { time: day, not_before: time }),
            "the certificate is not valid yet (2026-11-18)",
        ),
        (certificate(wrong_host), "is for another host name (a.example, 192.0.2.1)"),
        (certificate(CertificateError::Revoked), "was revoked"),
        (certificate(CertificateError::BadSignature), "is not valid for a server"),
        (Error::NoCertificatesPresented, "has no certificate"),
        (Error::InvalidMessage(InvalidMessage::InvalidContentType), "does not speak TLS at this port"),
        (
            Error::PeerIncompatible(PeerIncompatible::ServerDoesNotSupportTls12Or13),
            "no TLS version or cipher",
        ),
        (Error::AlertReceived(AlertDescription::HandshakeFailure), "refused the secure connection"),
        (Error::AlertReceived(AlertDescription::CertificateRequired), "wants a client certificate"),
        (Error::HandshakeNotComplete, "could not be set up"),
    ];
    for (error, words) in errors {
        let said = Reason::Tls(tls_fault(&error)).to_string();
        assert!(said.contains(words), "{error:?}: {said}");
        let is_type_name = |word: &str| {
            word.chars().skip(1).any(|c| c.is_ascii_lowercase())
                && word.chars().skip(1).any(|c| c.is_ascii_uppercase())
        };
        assert!(!said.split_whitespace().any(is_type_name), "{said}");
    }
}
