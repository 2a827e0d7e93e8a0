//! What rules remember from one event to the next.

use serde::{Deserialize, Serialize};

use super::flood::Flood;
use crate::event::Millis;

/// Where a state belongs within a feed: to a rule by its name and to a key. What belongs to the feed as a whole has an
/// empty rule and an empty key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StateId {
    /// The rule's name.
    pub rule: String,
    /// The key that the rule computes from an event.
    pub key: String,
}

/// One state. A new kind is a new variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum RuleState {
    /// The feed's share of attention.
    Flood(Flood),
}

/// A state and when it asks to be looked at without an event, in wall-clock milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The state.
    pub state: RuleState,
    /// When [`due`] is to be called.
    pub due_at: Option<Millis>,
}

/// The states of one feed.
pub trait States {
    /// Returns the state of this id.
    fn get(&self, id: &StateId) -> Option<&RuleState>;
    /// Replaces the state of this id; `None` forgets it.
    fn put(&mut self, id: &StateId, kept: Option<Kept>);
}

/// Looks at a state whose time has come.
pub fn due(states: &mut dyn States, id: &StateId) {
    match states.get(id) {
        // Its window is over: it says no more than none.
        Some(RuleState::Flood(_)) => states.put(id, None),
        None => {}
    }
}
