//! How many connections may be in the making at once, so that neither a start nor a server's restart makes a storm.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::Url;

/// In the making over all hosts.
const IN_ALL: usize = 64;
/// In the making to one host and port.
const PER_HOST: usize = 6;

/// Lets connections be made, so many at a time.
#[derive(Debug)]
pub struct Gate {
    all: Arc<Semaphore>,
    hosts: Mutex<HashMap<String, Arc<Semaphore>>>,
}

/// The right to make one connection; given back when dropped.
#[derive(Debug)]
pub(crate) struct Pass {
    _host: OwnedSemaphorePermit,
    _all: OwnedSemaphorePermit,
}

impl Default for Gate {
    fn default() -> Self {
        Self { all: Arc::new(Semaphore::new(IN_ALL)), hosts: Mutex::default() }
    }
}

impl Gate {
    /// Waits for a place. First that of the host, so that one slow host never fills the places of all.
    pub(crate) async fn enter(&self, url: &Url) -> Option<Pass> {
        let host =
            Arc::clone(self.lock().entry(origin(url)).or_insert_with(|| Arc::new(Semaphore::new(PER_HOST))));
        let host = host.acquire_owned().await.ok()?;
        let all = Arc::clone(&self.all).acquire_owned().await.ok()?;
        Some(Pass { _host: host, _all: all })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Semaphore>>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}
