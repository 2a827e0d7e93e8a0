//! What the system reports of its sleep and its network.

#[cfg(target_os = "linux")]
mod logind;
#[cfg(target_os = "linux")]
mod route;

use crate::ports::{BoxFuture, Hints, OnHint};

/// The system's own reports: on Linux those of logind and of the kernel's routing; elsewhere none yet.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemHints;

impl Hints for SystemHints {
    #[cfg(target_os = "linux")]
    fn follow(&self, on_hint: OnHint) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            let sleep = async {
                // A machine without logind is no trouble: the clock tells of a sleep, too.
                if let Err(error) = logind::follow(&on_hint).await {
                    tracing::debug!(%error, "logind does not tell when the machine wakes");
                }
            };
            let network = async {
                if let Err(error) = route::follow(&on_hint).await {
                    tracing::debug!(%error, "the kernel does not tell when the network changes");
                }
            };
            tokio::join!(sleep, network);
        })
    }

    #[cfg(not(target_os = "linux"))]
    fn follow(&self, _on_hint: OnHint) -> BoxFuture<'static, ()> {
        Box::pin(std::future::ready(()))
    }
}
