//! TLS configurations. All feeds without trust of their own share one, because reading the platform's certificates takes
//! longer than making a connection.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, SignatureScheme};
use rustls_platform_verifier::Verifier;
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert};

/// Returns the shared configuration: the platform's verifier and root certificates, TLS 1.2 and 1.3, HTTP/2
/// preferred to HTTP/1.1. The first call creates it.
///
/// # Errors
/// [`rustls::Error`] if the platform's certificates cannot be read. The next call tries again.
pub(crate) fn shared() -> Result<ClientConfig, Error> {
    static SHARED: Mutex<Option<ClientConfig>> = Mutex::new(None);
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(config) = &*shared {
        return Ok(config.clone());
    }
    Ok(shared.insert(with_certificates(Vec::new())?).clone())
}

/// Returns a configuration like [`shared`] that also trusts these certificates: as authorities, and as those of servers
/// that present the very certificate.
///
/// # Errors
/// [`rustls::Error`] if the platform's certificates cannot be read or one of these is not a valid certificate.
pub(crate) fn with_certificates(own: Vec<CertificateDer<'static>>) -> Result<ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let platform = Verifier::new_with_extra_roots(own.iter().cloned(), Arc::clone(&provider))?;
    let verifier = OwnOrPlatform { own, platform, provider: Arc::clone(&provider) };
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    // rustls calls any custom verifier "dangerous".
    let mut config =
        config.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// The certificate is signed by itself, and no one vouches for it.
#[derive(Debug, thiserror::Error)]
#[error("the certificate is signed by itself")]
pub(super) struct SelfSigned;

/// The platform's verifier, and certificates that are trusted where a server presents one of them itself. Such a
/// certificate is often marked as one of an authority, as `openssl req -x509` does, and by the rules of RFC 5280 a server
/// may not present that. Browsers and curl take it.
#[derive(Debug)]
struct OwnOrPlatform {
    own: Vec<CertificateDer<'static>>,
    platform: Verifier,
    provider: Arc<CryptoProvider>,
}

impl OwnOrPlatform {
    /// Checks the host name and the days of a certificate that is trusted itself.
    fn check_own(
        &self,
        certificate: &CertificateDer<'_>,
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<(), webpki::Error> {
        let certificate = EndEntityCert::try_from(certificate)?;
        let algorithms = self.provider.signature_verification_algorithms.all;
        // Without any authority, the library checks the days and the purpose, and then finds no issuer. Whether this is
        // itself an authority, it checks after the days.
        let path =
            certificate.verify_for_usage(algorithms, &[], &[], now, KeyUsage::server_auth(), None, None);
        match path {
            Ok(_) | Err(webpki::Error::CaUsedAsEndEntity | webpki::Error::UnknownIssuer) => {}
            Err(error) => return Err(error),
        }
        certificate.verify_is_valid_for_subject_name(name)
    }
}

impl ServerCertVerifier for OwnOrPlatform {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified =
            self.platform.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        let Err(error) = verified else { return verified };
        if self.own.iter().any(|own| own == end_entity) {
            return match self.check_own(end_entity, server_name, now) {
                Ok(()) => Ok(ServerCertVerified::assertion()),
                Err(own) => Err(of_own(own, error)),
            };
        }
        Err(named(error, end_entity, now, &self.provider))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.platform.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.platform.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.platform.supported_verify_schemes()
    }
}

/// Returns why a certificate that is trusted itself is refused all the same.
fn of_own(own: webpki::Error, platform: Error) -> Error {
    use webpki::Error as Own;
    Error::InvalidCertificate(match own {
        Own::CertExpired { time, not_after } => CertificateError::ExpiredContext { time, not_after },
        Own::CertNotValidYet { time, not_before } => {
            CertificateError::NotValidYetContext { time, not_before }
        }
        Own::CertNotValidForName(names) => {
            CertificateError::NotValidForNameContext { expected: names.expected, presented: names.presented }
        }
        _ => return platform,
    })
}

/// Returns the platform's error, or [`SelfSigned`] where no authority is known for a certificate that signs itself.
fn named(error: Error, certificate: &CertificateDer<'_>, now: UnixTime, provider: &CryptoProvider) -> Error {
    let is_without_issuer = match &error {
        Error::InvalidCertificate(CertificateError::UnknownIssuer) => true,
        Error::InvalidCertificate(CertificateError::Other(other)) => {
            matches!(other.0.downcast_ref(), Some(webpki::Error::CaUsedAsEndEntity))
        }
        _ => false,
    };
    match is_without_issuer && signs_itself(certificate, now, provider) {
        true => Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(SelfSigned)))),
        false => error,
    }
}

/// Returns whether a certificate is signed by itself. Of one that is marked as an authority, the names of issuer and
/// subject decide.
fn signs_itself(certificate: &CertificateDer<'_>, now: UnixTime, provider: &CryptoProvider) -> bool {
    let (Ok(anchor), Ok(parsed)) =
        (anchor_from_trusted_cert(certificate), EndEntityCert::try_from(certificate))
    else {
        return false;
    };
    let algorithms = provider.signature_verification_algorithms.all;
    let anchors = [anchor];
    let path = parsed.verify_for_usage(algorithms, &anchors, &[], now, KeyUsage::server_auth(), None, None);
    parsed.issuer() == parsed.subject()
        && matches!(path.map(drop), Ok(()) | Err(webpki::Error::CaUsedAsEndEntity))
}
