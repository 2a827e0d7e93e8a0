//! Receives the system's reports about sleep and network.

#[cfg(target_os = "linux")]
mod logind;
#[cfg(target_os = "linux")]
mod route;

use crate::ports::{BoxFuture, Hints, OnHint};

/// Receives hints from the system: on Linux from logind and the kernel's routing; on other systems there are none yet.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemHints;

impl Hints for SystemHints {
    #[cfg(target_os = "linux")]
    fn follow(&self, on_hint: OnHint) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            let sleep = async {
                // Without logind, a sleep is detected by the clock.
                if let Err(error) = logind::follow(&on_hint).await {
                    tracing::debug!(%error, "logind does not report wake-ups of the machine");
                }
            };
            let network = async {
                if let Err(error) = route::follow(&on_hint).await {
                    tracing::debug!(%error, "the kernel does not report changes of the network");
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
