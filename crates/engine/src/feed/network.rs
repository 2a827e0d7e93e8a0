//! What all subscriptions share: how many connections may be in the making at once, and hints that the network or
//! the machine has changed.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use url::Url;

use crate::ports::Hint;

/// In the making over all hosts.
const IN_ALL: usize = 64;
/// In the making to one host and port.
const PER_HOST: usize = 6;

/// Shared by all subscriptions of a program, so that neither a start nor a server's restart makes a storm.
#[derive(Debug)]
pub struct Network {
    all: Arc<Semaphore>,
    hosts: Mutex<HashMap<String, Arc<Semaphore>>>,
    hints: watch::Sender<HintCounts>,
}

/// The right to make one connection; given back when dropped.
#[derive(Debug)]
pub(crate) struct Pass {
    _host: OwnedSemaphorePermit,
    _all: OwnedSemaphorePermit,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            all: Arc::new(Semaphore::new(IN_ALL)),
            hosts: Mutex::default(),
            hints: watch::Sender::new(HintCounts::default()),
        }
    }
}

impl Network {
    /// Waits for a place. First that of the host, so that one slow host never fills the places of all.
    pub(crate) async fn enter(&self, url: &Url) -> Option<Pass> {
        let origin = url.origin().ascii_serialization();
        let host = {
            let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(hosts.entry(origin).or_insert_with(|| Arc::new(Semaphore::new(PER_HOST))))
        };
        let host = host.acquire_owned().await.ok()?;
        let all = Arc::clone(&self.all).acquire_owned().await.ok()?;
        Some(Pass { _host: host, _all: all })
    }

    /// Waits end early, and connections that may have died are put to the test.
    pub(crate) fn hint(&self, hint: Hint) {
        self.hints.send_modify(|hinted| match hint {
            Hint::Woke => hinted.woke += 1,
            Hint::NetworkChanged => hinted.changed += 1,
        });
    }

    /// Returns the counts of hints, to be followed from here on.
    pub(crate) fn hints(&self) -> watch::Receiver<HintCounts> {
        self.hints.subscribe()
    }
}

/// How many hints of each kind there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct HintCounts {
    pub woke: u64,
    pub changed: u64,
}

/// The own address from which this peer is reached now; `None` when no way leads there. Nothing is sent: a datagram's
/// socket only asks for the route.
pub(crate) fn way_to(peer: SocketAddr) -> Option<IpAddr> {
    let any: IpAddr =
        if peer.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    socket.connect(peer).ok()?;
    Some(socket.local_addr().ok()?.ip())
}
