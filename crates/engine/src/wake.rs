//! Notices that the machine slept: the wall clock went on while the program's own time stood still.

use std::sync::Arc;
use std::time::Duration;

use crate::event::Millis;
use crate::feed::Network;
use crate::ports::{Clock, Hint};

/// How much further the wall clock must have gone than the program's own time.
const SLEPT: Duration = Duration::from_secs(5);

/// Hints at each waking, for as long as it runs. A clock set forward looks the same and does no harm: a hint only
/// ever hastens.
pub(crate) async fn watch(clock: Arc<dyn Clock>, network: Arc<Network>) {
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
