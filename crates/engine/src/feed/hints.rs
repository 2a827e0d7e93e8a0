//! Hints to retry sooner: the machine woke, or its network changed.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::network::Network;
use crate::event::Millis;
use crate::ports::{Clock, Hint, Hints, OnHint};

/// The minimum time by which the wall clock must have moved further than the monotonic clock to count as a sleep of the
/// machine, so that small corrections of the clock do not.
const SLEPT: Duration = Duration::from_secs(5);
/// The delay between the first change of the network and the hint: link, address and route change one after another.
const SETTLE: Duration = Duration::from_millis(500);
/// The minimum time between two hints that the network changed, so that an unstable network does not cause a hint for
/// each change.
const QUIET: Duration = Duration::from_secs(10);

/// Passes the hints of the system and of the clock to the subscriptions, until the future is dropped.
pub(crate) async fn follow(source: Arc<dyn Hints>, clock: Arc<dyn Clock>, network: Arc<Network>) {
    tokio::join!(
        follow_system(source, Arc::clone(&clock), Arc::clone(&network)),
        follow_clock(clock, network)
    );
}

/// Passes on a wake-up at once, and combines changes of the network that follow each other.
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

/// Detects that the machine slept: the wall clock advanced while the monotonic clock stopped. A clock that is set
/// forward looks the same; the needless hint only tests the connections.
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
