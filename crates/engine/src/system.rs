//! Implements the ports with the system's clocks, keychain, notification service, and hints about sleep and network.

mod clock;
mod desktop;
mod hints;
mod keychain;

use std::sync::Arc;

pub use clock::SystemClock;
pub use desktop::DesktopNotifier;
pub use hints::SystemHints;
pub use keychain::Keychain;

use crate::home::Home;
use crate::ports::Ports;

/// Returns the system's implementation of the ports. Notifications show an icon that is stored in this home.
pub fn ports_in(home: &Home) -> Ports {
    Ports { notifier: Arc::new(DesktopNotifier::in_home(home)), ..ports() }
}

/// Returns the system's implementation of the ports.
pub fn ports() -> Ports {
    Ports {
        clock: Arc::new(SystemClock::new()),
        notifier: Arc::new(DesktopNotifier::default()),
        secrets: Arc::new(Keychain::start()),
        hints: Arc::new(SystemHints),
        chance: Arc::new(rand::random::<f64>),
        reached: Arc::new(|_| {}),
    }
}
