//! TLS configurations. All feeds without a CA file share one, because reading the platform's certificates takes longer
//! than making a connection.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, ConfigBuilder, WantsVerifier};
use rustls_platform_verifier::{BuilderVerifierExt, Verifier};

/// Returns the shared configuration: the platform's verifier and root certificates, TLS 1.2 and 1.3, HTTP/2
/// preferred to HTTP/1.1. The first call creates it.
///
/// # Errors
/// [`rustls::Error`] if the platform's certificates cannot be read. The next call tries again.
pub(crate) fn shared() -> Result<ClientConfig, rustls::Error> {
    static SHARED: Mutex<Option<ClientConfig>> = Mutex::new(None);
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(config) = &*shared {
        return Ok(config.clone());
    }
    let config = builder()?.with_platform_verifier()?.with_no_client_auth();
    Ok(shared.insert(offering_http(config)).clone())
}

/// Returns a configuration like [`shared`] that also trusts these certificate authorities.
///
/// # Errors
/// [`rustls::Error`] if the platform's certificates cannot be read or an authority is not a valid certificate.
pub(crate) fn with_authorities(
    authorities: Vec<CertificateDer<'static>>,
) -> Result<ClientConfig, rustls::Error> {
    let verifier: Arc<dyn ServerCertVerifier> =
        Arc::new(Verifier::new_with_extra_roots(authorities, provider())?);
    // This is the platform's verifier with additional roots. rustls calls any custom verifier "dangerous".
    let config = builder()?.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth();
    Ok(offering_http(config))
}

fn builder() -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, rustls::Error> {
    ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions()
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

fn offering_http(mut config: ClientConfig) -> ClientConfig {
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config
}
