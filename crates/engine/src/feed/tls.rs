//! One TLS configuration for all feeds: reading the system's certificates takes longer than a connection.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::ClientConfig;
use rustls_platform_verifier::BuilderVerifierExt;

/// The configuration, made at its first use: the platform's verifier and roots, TLS 1.2 and 1.3, HTTP/2 before
/// HTTP/1.1. A failure is not kept; the next try asks the system again.
pub(crate) fn shared() -> Result<ClientConfig, rustls::Error> {
    static SHARED: Mutex<Option<ClientConfig>> = Mutex::new(None);
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(config) = &*shared {
        return Ok(config.clone());
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(shared.insert(config).clone())
}
