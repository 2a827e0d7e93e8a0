//! Whether notifications are held back.

use super::id::Millis;

/// Whether notifications are held back. Events still arrive and count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Mute {
    /// Notifications are shown.
    #[default]
    Off,
    /// Held back until this moment.
    Until(Millis),
    /// Held back until a person turns them on.
    On,
}

impl Mute {
    /// Returns whether notifications are held back at `now`.
    pub fn holds(self, now: Millis) -> bool {
        match self {
            Mute::Off => false,
            Mute::Until(at) => now < at,
            Mute::On => true,
        }
    }
}
