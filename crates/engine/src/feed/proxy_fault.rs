//! Which failures of a request are its proxy's, and what went wrong there.

use std::io;

use super::error_chain::causes;
use super::tls_fault::tls_fault;
use crate::event::Fault;

/// What the HTTP library writes before the failure of a tunnel, and of a SOCKS handshake. It has no types for them.
const TUNNEL: &str = "tunnel error: ";
const SOCKS: &str = "SOCKS error: ";
const LOCAL_LOOKUP: &str = "error resolving for socks proxy";

/// Returns the detail of the reason if this error of a request through a proxy is one of the proxy; `None` if it is the
/// server's.
pub(super) fn proxy_fault(error: &reqwest::Error) -> Option<String> {
    if !error.is_connect() {
        return None;
    }
    let words: Vec<String> = causes(error).map(ToString::to_string).collect();
    let after = |start: &str| words.iter().find_map(|words| words.strip_prefix(start));
    if let Some(what) = after(SOCKS) {
        return Some(socks_fault(what).with(""));
    }
    if words.iter().any(|words| words.starts_with(LOCAL_LOOKUP)) {
        return None;
    }
    match after(TUNNEL) {
        Some("proxy authorization required") => return Some(Fault::ProxySignIn.with("")),
        Some("unsuccessful" | "proxy response headers too long") => {
            return Some(Fault::ProxyNoTunnel.with(""));
        }
        // The connection to the proxy failed, for one of the causes below.
        Some(_) => {}
        // The tunnel is open, or the SOCKS connection: what failed in TLS is between us and the server.
        None if causes(error).any(|cause| cause.is::<rustls::Error>()) => return None,
        None => {}
    }
    if error.is_dns() {
        return Some(Fault::ProxyNotFound.with(""));
    }
    for cause in causes(error) {
        if let Some(error) = cause.downcast_ref::<rustls::Error>() {
            return Some(Fault::ProxyTls.with(&tls_words(error)));
        }
        if let Some(fault) = cause.downcast_ref::<io::Error>().and_then(io_fault) {
            return Some(fault.with(""));
        }
    }
    let fault = if error.is_timeout() { Fault::ProxyTimeout } else { Fault::ProxyUnreachable };
    Some(fault.with(""))
}

fn tls_words(error: &rustls::Error) -> String {
    let detail = tls_fault(error);
    Fault::of(&detail).map_or(detail.clone(), |(fault, _)| fault.words().to_owned())
}

/// Returns what a SOCKS handshake failed for: a reply code (RFC 1928 6), or the sign-in (RFC 1929).
fn socks_fault(words: &str) -> Fault {
    match words {
        "general server failure" => Fault::ProxyFailed,
        "connection not allowed" => Fault::ProxyForbids,
        "network unreachable" | "host unreachable" => Fault::ProxyNoRoute,
        "connection refused" => Fault::ProxyServerRefused,
        "ttl expired" => Fault::ProxyServerTimeout,
        "command not supported" | "address type not supported" => Fault::ProxyUnable,
        "credentials not accepted"
        | "server does not support user/pass authentication"
        | "server implements authentication incorrectly" => Fault::ProxySignIn,
        "io error during SOCKS handshake" => Fault::ProxyBrokeOff,
        "failed parsing server response" => Fault::ProxyNotSocks,
        "failed to create underlying connection" => Fault::ProxyUnreachable,
        _ => Fault::ProxyUnable,
    }
}

fn io_fault(error: &io::Error) -> Option<Fault> {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Some(Fault::ProxyRefused),
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::UnexpectedEof => Some(Fault::ProxyBrokeOff),
        io::ErrorKind::TimedOut => Some(Fault::ProxyTimeout),
        _ => None,
    }
}
