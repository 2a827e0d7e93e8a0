//! State shared by all subscriptions: limits on simultaneous connection attempts, and hints that the network changed or
//! the machine woke.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use url::Url;

use crate::ports::Hint;

/// The maximum number of simultaneous connection attempts.
const IN_ALL: usize = 64;
/// The maximum number of simultaneous connection attempts to one origin; browsers have the same limit.
const PER_HOST: usize = 6;

/// Limits the connection attempts of all subscriptions of a program, so that neither its start nor a server's restart
/// causes a burst of them, and distributes hints.
#[derive(Debug)]
pub struct Network {
    all: Arc<Semaphore>,
    hosts: Mutex<HashMap<String, Arc<Semaphore>>>,
    hints: watch::Sender<HintCounts>,
}

/// The permission to make one connection attempt; dropping it allows the next attempt.
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
    /// Waits until a connection attempt to this URL's origin is allowed. It waits for the origin's permit before the
    /// global one, so that attempts queued for one slow host do not use up the global permits.
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

    /// Notifies all subscriptions: they retry sooner, or test connections that may be dead.
    pub(crate) fn hint(&self, hint: Hint) {
        self.hints.send_modify(|hinted| match hint {
            Hint::Woke => hinted.woke += 1,
            Hint::NetworkChanged => hinted.changed += 1,
        });
    }

    /// Returns a receiver of the counts of hints.
    pub(crate) fn hints(&self) -> watch::Receiver<HintCounts> {
        self.hints.subscribe()
    }
}

/// The number of hints of each kind since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct HintCounts {
    /// The number of wake-ups of the machine.
    pub woke: u64,
    /// The number of changes of the network.
    pub changed: u64,
}

/// Returns the local address that the system uses to reach this peer; `None` if there is no route. Sends nothing:
/// connecting a UDP socket only looks up the route.
pub(crate) fn way_to(peer: SocketAddr) -> Option<IpAddr> {
    let any: IpAddr =
        if peer.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    socket.connect(peer).ok()?;
    Some(socket.local_addr().ok()?.ip())
}
