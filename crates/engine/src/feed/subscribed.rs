//! A subscription for those who want its activities and no store: `watch`, the check of a new feed.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::spec::{Activity, Spec};
use super::subscription::subscribe;
use crate::ports::Ports;

/// A subscription outside the engine's supervision. Dropping it ends it.
pub struct Subscribed {
    signals: mpsc::Receiver<Activity>,
    _stop: DropGuard,
}

impl Subscribed {
    /// Starts a subscription in the background. Must be called within a tokio runtime.
    pub fn start(spec: Spec, ports: Ports) -> Self {
        let (sender, signals) = mpsc::channel(1);
        let stop = CancellationToken::new();
        tokio::spawn(subscribe(spec, ports, Arc::default(), sender, Arc::default(), stop.clone()));
        Self { signals, _stop: stop.drop_guard() }
    }

    /// Waits for the next activity. Returns `None` once the subscription has ended.
    pub async fn next(&mut self) -> Option<Activity> {
        self.signals.recv().await
    }
}
