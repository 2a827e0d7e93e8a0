//! What rules remember from one event to the next.

use serde::{Deserialize, Serialize};

use super::flood::Flood;
use crate::event::Millis;

/// What a state belongs to within a feed: a rule, and a key of that rule. Both are empty for a state of the whole feed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StateId {
    /// The rule's name; empty for the whole feed.
    pub rule: String,
    /// The key that the rule computes from an event; empty where it computes none.
    pub key: String,
}

/// One state, as it is stored. A new kind is a new variant and a step of the database's schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum RuleState {
    /// The feed's flood limit.
    Flood(Flood),
}

/// A state, and when it is due without an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The state.
    pub state: RuleState,
    /// When [`due`] is to be called, by the wall clock; `None` for never.
    pub due_at: Option<Millis>,
}

/// The states of one feed.
pub trait States {
    /// Returns the state of this id.
    fn get(&self, id: &StateId) -> Option<&RuleState>;
    /// Replaces the state of this id; `None` forgets it.
    fn put(&mut self, id: &StateId, kept: Option<Kept>);
}

/// Updates a state that is due.
pub fn due(states: &mut dyn States, id: &StateId) {
    match states.get(id) {
        // Its window is over: it means the same as no state.
        Some(RuleState::Flood(_)) => states.put(id, None),
        None => {}
    }
}
