//! Waiting for conditions, never for time to pass.

use std::time::{Duration, Instant};

/// How long anything on a loaded two-core machine may take before it counts as not happening.
pub const LIMIT: Duration = Duration::from_secs(30);

/// Waits until `probe` returns something, asking every 20 ms; panics with `what` after [`LIMIT`].
pub async fn until<T>(what: &str, probe: impl AsyncFnMut() -> Option<T>) -> T {
    let found = within(LIMIT, probe).await;
    found.unwrap_or_else(|| panic!("waited {} s in vain for {what}", LIMIT.as_secs()))
}

/// Waits until `probe` returns something, asking every 20 ms; nothing after `limit`.
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
