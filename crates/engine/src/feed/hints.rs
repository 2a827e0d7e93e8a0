//! Hints that another try is worth while: the machine woke, or its network changed.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::network::Network;
use crate::event::Millis;
use crate::ports::{Clock, Hint, Hints, OnHint};

/// How much further than the monotonic clock the wall clock must have moved for the machine to have slept.
const SLEPT: Duration = Duration::from_secs(5);
/// How long a change of the network may settle: link, address and route change one after another.
const SETTLE: Duration = Duration::from_millis(500);
/// The least time between two hints that the network changed.
const QUIET: Duration = Duration::from_secs(10);

/// Passes on hints of the system and of the clock for as long as it runs.
pub(crate) async fn follow(source: Arc<dyn Hints>, clock: Arc<dyn Clock>, network: Arc<Network>) {
    tokio::join!(
        follow_system(source, Arc::clone(&clock), Arc::clone(&network)),
        follow_clock(clock, network)
    );
}

/// Passes on a waking at once, and changes of the network in bunches.
async fn follow_system(source: Arc<dyn Hints>, clock: Arc<dyn Clock>, network: Arc<Network>) {
    let (changed, mut changes) = watch::channel(0_u64);
    let on_hint: OnHint = {
        let network = Arc::clone(&network);
        Arc::new(move |hint| match hint {
            Hint::Woke => network.hint(Hint::Woke),
            Hint::NetworkChanged => changed.send_modify(|count| *count += 1),
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
    tokio::join!(source.follow(on_hint), bunches);
}

/// Notices that the machine slept: the wall clock went on while the monotonic one stood still. A clock that was set
/// forward looks the same, and a hint too many does no harm.
async fn follow_clock(clock: Arc<dyn Clock>, network: Arc<Network>) {
    let mut before = (clock.wall(), clock.mono());
    loop {
        clock.jumped().await;
        let now = (clock.wall(), clock.mono());
        let own = Millis::try_from(now.1.saturating_sub(before.1).as_millis()).unwrap_or(Millis::MAX);
        let ahead = (now.0 - before.0).saturating_sub(own);
        if u128::try_from(ahead).is_ok_and(|ahead| ahead > SLEPT.as_millis()) {
            tracing::info!(slept_ms = ahead, "the machine woke, or its clock was set forward");
            network.hint(Hint::Woke);
        }
        before = now;
    }
}
