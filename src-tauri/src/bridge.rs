//! The signals to the window, after which it pulls, and the state that outlives the window.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bellwire_engine::event::{Millis, Seq};
use tauri::{AppHandle, Emitter};
use tokio::sync::watch;

use crate::window;

/// The signal that rows are new or changed.
pub const BELL: &str = "bell";
/// The signal that the snapshot changed.
pub const STATUS: &str = "status";
/// The signal that a row was requested: see [`Bridge::take_target`].
const SHOW: &str = "show";

/// The least time between two signals of one kind: more than ten redraws a second are not useful.
const PAUSE: Duration = Duration::from_millis(100);

/// The state that is kept for the window while it is closed.
#[derive(Default)]
pub struct Bridge {
    target: Mutex<Option<Seq>>,
    hidden: Mutex<Option<Hidden>>,
}

/// The end of the log when the window was last hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hidden {
    /// The newest row.
    pub newest: Seq,
    /// When the window was hidden, in milliseconds since the epoch.
    pub at: Millis,
}

impl Bridge {
    /// Stores the row that the window is to show, and signals an open window.
    pub fn show_row(&self, app: &AppHandle, seq: Seq) {
        *lock(&self.target) = Some(seq);
        ring(app, SHOW);
    }

    /// Returns the row to show and forgets it.
    pub fn take_target(&self) -> Option<Seq> {
        lock(&self.target).take()
    }

    /// Stores that the window was hidden.
    pub fn note_hidden(&self, hidden: Hidden) {
        *lock(&self.hidden) = Some(hidden);
    }

    /// Returns when the window was last hidden; `None` before that.
    pub fn hidden(&self) -> Option<Hidden> {
        *lock(&self.hidden)
    }
}

/// Sends the signal `name` to an open window after each change, at most ten times a second. Returns when the sender of
/// the changes is dropped.
pub async fn ring_on_change<T>(app: AppHandle, name: &'static str, mut changes: watch::Receiver<T>) {
    while changes.changed().await.is_ok() {
        ring(&app, name);
        tokio::time::sleep(PAUSE).await;
    }
}

/// Sends a signal to the window, if it is open.
fn ring(app: &AppHandle, name: &str) {
    let Some(window) = window::find(app) else { return };
    // A window that is closing needs no signal: the next one pulls when it opens.
    if let Err(error) = window.emit(name, ()) {
        tracing::debug!(%error, "could not signal the window");
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
