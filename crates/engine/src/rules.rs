//! What an event means for the desktop: a pure decision.

mod decide;
mod flood;
mod state;

pub use decide::{Occasion, can_notify, decide};
pub use state::{Kept, RuleState, StateId, States, due};
