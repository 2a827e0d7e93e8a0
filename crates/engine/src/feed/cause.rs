//! Translates errors of the HTTP client into reasons.

use std::error::Error;
use std::io;

use super::error_chain::causes;
use super::proxy_fault::proxy_fault;
use super::tls_fault::tls_fault;
use crate::event::{Fault, Reason};

/// Returns the reason for an error of a request, which went through a proxy or not. It contains no part of the URL, because
/// a query may contain a secret.
pub(super) fn reason_of_request(error: &reqwest::Error, is_proxied: bool) -> Reason {
    match is_proxied.then(|| proxy_fault(error)).flatten() {
        Some(detail) => Reason::Proxy(detail),
        None => reason(error),
    }
}

/// Returns the reason for an error of the HTTP client that is not one of a proxy.
pub(super) fn reason(error: &reqwest::Error) -> Reason {
    if error.is_builder() {
        return Reason::BadHeader;
    }
    if error.is_dns() {
        return Reason::Dns;
    }
    let mut deepest: &dyn Error = error;
    for cause in causes(error) {
        if let Some(error) = cause.downcast_ref::<rustls::Error>() {
            return Reason::Tls(tls_fault(error));
        }
        if let Some(fault) = cause.downcast_ref::<hyper::Error>().and_then(unreadable) {
            return Reason::Unreadable(fault.with(""));
        }
        if let Some(reason) = cause.downcast_ref::<io::Error>().and_then(io_reason) {
            return reason;
        }
        deepest = cause;
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

/// Returns why the head of an answer cannot be read; `None` where it was not read to its end. The HTTP library gives the
/// details in words only.
fn unreadable(error: &hyper::Error) -> Option<Fault> {
    if error.is_parse_status() {
        return Some(Fault::NotHttp);
    }
    if !error.is_parse() {
        // HTTP/2: the head is larger than the limit, or breaks the protocol.
        let breaks_http_2 = error.source().is_some_and(|cause| cause.to_string().contains("protocol error"));
        return breaks_http_2.then_some(Fault::BadHttp);
    }
    Some(match error.to_string() {
        words if words.contains("too large") => Fault::HeadTooLarge,
        words if words.contains("version") => Fault::NotHttp,
        words
            if ["header", "content-length", "transfer-encoding"]
                .iter()
                .any(|field| words.contains(field)) =>
        {
            Fault::BadField
        }
        _ => Fault::BadHttp,
    })
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
