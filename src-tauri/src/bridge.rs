//! What the window is told between its questions: rings that say "pull", and the row that it is to show.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bellwire_engine::event::{Millis, Seq};
use tauri::{AppHandle, Emitter};
use tokio::sync::watch;

use crate::window;

/// New or changed rows exist.
pub const BELL: &str = "bell";
/// Something in the snapshot changed.
pub const STATUS: &str = "status";
/// There is a row to show.
const SHOW: &str = "show";

/// The least time between two rings of one kind.
const PAUSE: Duration = Duration::from_millis(100);

/// What is remembered for the window while it is away.
#[derive(Default)]
pub struct Bridge {
    target: Mutex<Option<Seq>>,
    hidden: Mutex<Option<Hidden>>,
}

/// Where the log ended when the window was last hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hidden {
    /// The newest row.
    pub newest: Seq,
    /// When it was hidden.
    pub at: Millis,
}

impl Bridge {
    /// Remembers the row that the window is to show, and tells a window that is there.
    pub fn show_row(&self, app: &AppHandle, seq: Seq) {
        *lock(&self.target) = Some(seq);
        ring(app, SHOW);
    }

    /// The row to show, once.
    pub fn take_target(&self) -> Option<Seq> {
        lock(&self.target).take()
    }

    /// Remembers that the window was hidden.
    pub fn note_hidden(&self, hidden: Hidden) {
        *lock(&self.hidden) = Some(hidden);
    }

    /// When the window was last hidden.
    pub fn hidden(&self) -> Option<Hidden> {
        *lock(&self.hidden)
    }
}

/// Rings after each change, at most ten times a second, while there is a window. Without changes it sleeps.
pub async fn ring_on_change<T>(app: AppHandle, name: &'static str, mut changes: watch::Receiver<T>) {
    while changes.changed().await.is_ok() {
        ring(&app, name);
        tokio::time::sleep(PAUSE).await;
    }
}

fn ring(app: &AppHandle, name: &str) {
    let Some(window) = window::find(app) else { return };
    // A window that is going away hears nothing and misses nothing: the next one pulls.
    if let Err(error) = window.emit(name, ()) {
        tracing::debug!(%error, "the window did not hear a ring");
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_taken_once() {
        let bridge = Bridge::default();
        *lock(&bridge.target) = Some(Seq(7));
        assert_eq!(bridge.take_target(), Some(Seq(7)));
        assert_eq!(bridge.take_target(), None);
    }

    #[test]
    fn the_last_hiding_counts() {
        let bridge = Bridge::default();
        assert_eq!(bridge.hidden(), None);
        bridge.note_hidden(Hidden { newest: Seq(1), at: 10 });
        bridge.note_hidden(Hidden { newest: Seq(5), at: 20 });
        assert_eq!(bridge.hidden(), Some(Hidden { newest: Seq(5), at: 20 }));
    }
}
