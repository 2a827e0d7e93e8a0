//! The decision what an event means for the desktop: a pure function of rules, states and the event.

mod decide;
mod flood;
mod matching;
mod state;

pub use decide::{Occasion, Verdict, can_notify, decide};
pub use state::{Kept, RuleState, StateId, States, due};
