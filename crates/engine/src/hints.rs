//! What the system tells of its sleep and its network, as hints for the subscriptions.

#[cfg(target_os = "linux")]
mod logind;
#[cfg(target_os = "linux")]
mod route;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::feed::Network;
use crate::ports::{BoxFuture, Clock, Hint, Hints, TellHint};

/// How long to let a change of the network settle: link, address and route come one after another.
const SETTLE: Duration = Duration::from_millis(500);
/// The least time between two hints that the network changed.
const QUIET: Duration = Duration::from_secs(10);

/// Passes hints on for as long as it runs: a waking at once, changes of the network in bunches.
pub(crate) async fn watch(source: Arc<dyn Hints>, clock: Arc<dyn Clock>, network: Arc<Network>) {
    let (heard, mut changes) = watch::channel(0_u64);
    let tell: TellHint = {
        let network = Arc::clone(&network);
        Arc::new(move |hint| match hint {
            Hint::Woke => network.hint(Hint::Woke),
            Hint::NetworkChanged => heard.send_modify(|count| *count += 1),
        })
    };
    let bunches = async {
        while changes.changed().await.is_ok() {
            clock.sleep(SETTLE).await;
            changes.borrow_and_update();
            tracing::debug!("the network changed");
            network.hint(Hint::NetworkChanged);
            clock.sleep(QUIET).await;
        }
    };
    tokio::join!(source.follow(tell), bunches);
}

/// The system's own word: on Linux logind and the kernel's routing; elsewhere nothing is told yet.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemHints;

impl Hints for SystemHints {
    #[cfg(target_os = "linux")]
    fn follow(&self, tell: TellHint) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            let sleep = async {
                // A machine without logind is no trouble: the clock tells of a sleep, too.
                if let Err(error) = logind::follow(&tell).await {
                    tracing::debug!(%error, "logind does not tell when the machine wakes");
                }
            };
            let network = async {
                if let Err(error) = route::follow(&tell).await {
                    tracing::debug!(%error, "the kernel does not tell when the network changes");
                }
            };
            tokio::join!(sleep, network);
        })
    }

    #[cfg(not(target_os = "linux"))]
    fn follow(&self, _tell: TellHint) -> BoxFuture<'static, ()> {
        Box::pin(std::future::ready(()))
    }
}
