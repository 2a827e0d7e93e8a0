//! The real world behind the ports: clocks, keychain, notification daemon, hints of sleep and network.

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

/// Returns the real world, for a program that receives for this home.
pub fn ports_in(home: &Home) -> Ports {
    Ports { notifier: Arc::new(DesktopNotifier::in_home(home)), ..ports() }
}

/// Returns the real world.
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
