//! The decision about one event.

use super::flood::Flood;
use super::state::{Kept, RuleState, StateId, States};
use crate::config::{FloodLimit, Rule};
use crate::event::{Decision, Millis, Outcome};

/// The event to decide about, and the circumstances.
#[derive(Clone, Copy, Debug)]
pub struct Occasion<'a> {
    /// The event type; `message` where the server named none.
    pub event_type: &'a str,
    /// Whether it is a control event.
    pub is_control: bool,
    /// Whether it has no data.
    pub is_empty: bool,
    /// When it arrived, by the wall clock.
    pub at: Millis,
    /// Whether notifications are held back.
    pub muted: bool,
}

/// Decides about one event of a feed.
///
/// The first rule that matches decides. Without a match every **named** event with data notifies; an unnamed one
/// (`message`) and one without data are only logged. A control event never notifies, unless a rule names its type. An event that notifies counts towards the feed's flood limit, whose state is in `states`; one that is
/// muted does not.
pub fn decide(
    rules: &[Rule],
    limit: FloodLimit,
    states: &mut dyn States,
    occasion: &Occasion<'_>,
) -> Decision {
    let may_decide = |rule: &&Rule| !occasion.is_control || !rule.events.is_empty();
    let rule = rules.iter().filter(may_decide).find(|rule| matches(rule, occasion.event_type));
    if occasion.is_control && rule.is_none() {
        return Decision { outcome: Outcome::Control, rule: None };
    }
    let notifies_by_default = occasion.event_type != "message" && !occasion.is_empty;
    let notifies = rule.map_or(notifies_by_default, |rule| rule.notify);
    let outcome = match (notifies, occasion.muted) {
        (false, _) => Outcome::Log,
        (true, true) => Outcome::Muted,
        (true, false) if is_within_limit(limit, states, occasion.at) => Outcome::Notify,
        (true, false) => Outcome::Digest,
    };
    Decision { outcome, rule: rule.and_then(|rule| rule.name.clone()) }
}

/// Returns whether any event could notify under these rules. A rule behind one that matches everything counts too,
/// although it never decides.
pub fn can_notify(rules: &[Rule]) -> bool {
    let everything = rules.iter().find(|rule| rule.events.is_empty());
    rules.iter().any(|rule| rule.notify) || everything.is_none_or(|rule| rule.notify)
}

fn matches(rule: &Rule, event_type: &str) -> bool {
    rule.events.is_empty() || rule.events.iter().any(|name| name == event_type)
}

/// Counts an event that notifies. Returns whether it may have a notification of its own.
fn is_within_limit(limit: FloodLimit, states: &mut dyn States, at: Millis) -> bool {
    let id = StateId::default();
    let mut flood = match states.get(&id) {
        Some(RuleState::Flood(flood)) => flood.clone(),
        None => Flood::default(),
    };
    let is_within = flood.take(limit, at);
    let due_at = Some(flood.over_at(limit, at));
    states.put(&id, Some(Kept { state: RuleState::Flood(flood), due_at }));
    is_within
}

#[cfg(test)]
mod tests;
