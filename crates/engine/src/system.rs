//! Implements the ports with the system's clocks, keychain, notification service, and hints about sleep and network.

mod clock;
mod desktop;
mod hints;
mod keychain;
mod memory;

use std::sync::Arc;

pub use clock::SystemClock;
pub use desktop::DesktopNotifier;
pub use hints::SystemHints;
pub use keychain::{Keychain, NoKeychain};
pub use memory::forbid_core_dumps;

use crate::home::Home;
use crate::ports::Ports;

/// Returns the system's implementation of the ports, with the secrets of this home. Notifications show an icon that is
/// stored in it.
pub fn ports_in(home: &Home) -> Ports {
    Ports { notifier: Arc::new(DesktopNotifier::in_home(home)), ..ports_for(home) }
}

/// Returns the system's implementation of the ports, with the secrets of this home, in which nothing else is stored.
pub fn ports_for(home: &Home) -> Ports {
    Ports { secrets: Arc::new(Keychain::of(home)), ..ports() }
}

/// Returns the system's implementation of the ports, without a home and so without secrets.
pub fn ports() -> Ports {
    Ports {
        clock: Arc::new(SystemClock::new()),
        notifier: Arc::new(DesktopNotifier::default()),
        secrets: Arc::new(NoKeychain),
        hints: Arc::new(SystemHints),
        chance: Arc::new(rand::random::<f64>),
        reached: Arc::new(|_| {}),
    }
}
