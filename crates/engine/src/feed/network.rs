//! What all subscriptions share: how many connections may be in the making at once, and hints that the network or
//! the machine has changed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use url::Url;

/// In the making over all hosts.
const IN_ALL: usize = 64;
/// In the making to one host and port.
const PER_HOST: usize = 6;

/// Shared by all subscriptions of a program, so that neither a start nor a server's restart makes a storm.
#[derive(Debug)]
pub struct Network {
    all: Arc<Semaphore>,
    hosts: Mutex<HashMap<String, Arc<Semaphore>>>,
    hints: watch::Sender<u64>,
}

/// The right to make one connection; given back when dropped.
#[derive(Debug)]
pub(crate) struct Pass {
    _host: OwnedSemaphorePermit,
    _all: OwnedSemaphorePermit,
}

impl Default for Network {
    fn default() -> Self {
        Self { all: Arc::new(Semaphore::new(IN_ALL)), hosts: Mutex::default(), hints: watch::Sender::new(0) }
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

    /// The machine woke, or its network changed: waits end early, and silent connections are put to the test.
    pub(crate) fn hint(&self) {
        self.hints.send_modify(|count| *count += 1);
    }

    /// Tells each hint from here on.
    pub(crate) fn hints(&self) -> watch::Receiver<u64> {
        self.hints.subscribe()
    }
}
