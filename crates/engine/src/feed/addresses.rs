//! Which addresses are public, and which belong to this machine or to its own networks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

pub(super) use crate::config::is_loopback;

/// Returns whether an address is one of the internet: not of this machine, of a private network or of one link.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    let is_this_network = first == 0;
    // RFC 6598: between a provider and its customers, and in virtual private networks.
    let is_shared = first == 100 && (64..128).contains(&second);
    let is_reserved = first >= 224;
    !(is_this_network
        || is_shared
        || is_reserved
        || address.is_loopback()
        || address.is_private()
        || address.is_link_local())
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let parts = address.segments();
    let v4 = |high: u16, low: u16| is_public_v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    match parts {
        // ::/96 with :: and ::1, and ::ffff:0:0/96: an IPv4 address, in the old and in the present form.
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] => v4(high, low),
        // 64:ff9b::/96: translated to IPv4 (RFC 6052); 64:ff9b:1::/48: the same within a network (RFC 8215).
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => v4(high, low),
        [0x64, 0xff9b, 1, ..] => false,
        // 2002::/16: 6to4, which leads to an IPv4 address (RFC 3056).
        [0x2002, high, low, ..] => v4(high, low),
        // fc00::/7: unique local; fe80::/10 and fec0::/10: of a link, of a site; ff00::/8: multicast.
        [first, ..] => !(first & 0xfe00 == 0xfc00 || first & 0xff80 == 0xfe80 || first >= 0xff00),
    }
}

/// Returns whether the host of a URL is one of the internet as far as it can be seen without a lookup: a name is, unless
/// it can only name this machine or one of its own networks.
pub(super) fn seems_public(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => is_public_v4(address),
        Some(Host::Ipv6(address)) => is_public_v6(address),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            let is_local = [".localhost", ".local", ".internal", ".home.arpa", ".lan"]
                .iter()
                .any(|end| name.ends_with(end));
            name.contains('.') && !is_local
        }
        None => false,
    }
}

/// Returns whether a request to this URL crosses a network unencrypted, even without a proxy.
pub fn is_sent_in_clear(url: &Url) -> bool {
    url.scheme() == "http" && !is_loopback(url)
}

/// A name of the internet led to an address that is not public.
#[derive(Debug, thiserror::Error)]
#[error("the name has an address of this machine or of its own network")]
pub(super) struct NotPublic;

/// Looks names up, and returns their public addresses only: a connection is made to no other.
pub(super) struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<_> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let public: Vec<_> = found.iter().copied().filter(|address| is_public(address.ip())).collect();
            if public.is_empty() && !found.is_empty() {
                return Err(NotPublic.into());
            }
            let addresses: Addrs = Box::new(public.into_iter());
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests;
