//! Waits for conditions, never for a fixed time.

use std::time::{Duration, Instant};

/// The timeout of a wait: more than anything takes on a loaded machine with two cores.
pub const LIMIT: Duration = Duration::from_secs(30);

/// Waits until `probe`, called every 20 ms, returns `Some`. Panics with `what` after [`LIMIT`].
pub async fn until<T>(what: &str, probe: impl AsyncFnMut() -> Option<T>) -> T {
    let found = within(LIMIT, probe).await;
    found.unwrap_or_else(|| panic!("timeout of {} s for {what}", LIMIT.as_secs()))
}

/// Waits until `probe`, called every 20 ms, returns `Some`. Returns `None` after `limit`.
pub async fn within<T>(limit: Duration, mut probe: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let start = Instant::now();
    loop {
        if let Some(found) = probe().await {
            return Some(found);
        }
        if start.elapsed() >= limit {
            return None;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
