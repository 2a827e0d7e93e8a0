//! What an event means for the desktop: a pure decision.

mod flood;

pub use flood::Flood;

use crate::config::{FloodLimit, Rule};
use crate::event::{Decision, Millis, Outcome};

/// Decides about one event.
///
/// The first rule that matches decides. Without a match every **named** event notifies and an unnamed one
/// (`message`) is only logged. `flood` is the feed's state and takes part of its budget; while muted it is
/// left alone.
pub fn decide(
    rules: &[Rule],
    limit: FloodLimit,
    flood: &mut Flood,
    event_type: &str,
    muted: bool,
    now: Millis,
) -> Decision {
    let rule = rules.iter().find(|rule| matches(rule, event_type));
    let notifies = rule.map_or(event_type != "message", |rule| rule.notify);
    let outcome = match (notifies, muted) {
        (false, _) => Outcome::Log,
        (true, true) => Outcome::Muted,
        (true, false) if flood.take(limit, now) => Outcome::Notify,
        (true, false) => Outcome::Digest,
    };
    Decision { outcome, rule: rule.and_then(|rule| rule.name.clone()) }
}

/// Whether any event could notify under these rules.
pub fn can_notify(rules: &[Rule]) -> bool {
    let everything = rules.iter().find(|rule| rule.events.is_empty());
    rules.iter().any(|rule| rule.notify) || everything.is_none_or(|rule| rule.notify)
}

fn matches(rule: &Rule, event_type: &str) -> bool {
    rule.events.is_empty() || rule.events.iter().any(|name| name == event_type)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(events: &[&str], notify: bool) -> Rule {
        let events = events.iter().map(|e| (*e).to_owned()).collect();
        Rule { name: Some("r".into()), events, notify }
    }

    fn outcome(rules: &[Rule], event_type: &str) -> Outcome {
        decide(rules, FloodLimit::default(), &mut Flood::default(), event_type, false, 0).outcome
    }

    #[test]
    fn without_rules_named_events_notify_and_unnamed_are_logged() {
        assert_eq!(outcome(&[], "outage"), Outcome::Notify);
        assert_eq!(outcome(&[], "message"), Outcome::Log);
    }

    #[test]
    fn the_first_match_decides_and_the_rest_is_as_without_rules() {
        let rules = [rule(&["tick"], false), rule(&["tick", "message"], true)];
        assert_eq!(outcome(&rules, "tick"), Outcome::Log);
        assert_eq!(outcome(&rules, "message"), Outcome::Notify);
        assert_eq!(outcome(&rules, "outage"), Outcome::Notify);
    }

    #[test]
    fn a_rule_without_event_types_matches_all() {
        assert_eq!(outcome(&[rule(&[], false)], "outage"), Outcome::Log);
        assert!(!can_notify(&[rule(&[], false)]));
        assert!(can_notify(&[rule(&["tick"], false)]));
    }

    #[test]
    fn muted_events_say_so_and_spend_no_budget() {
        let mut flood = Flood::default();
        for _ in 0..50 {
            let decision = decide(&[], FloodLimit::default(), &mut flood, "outage", true, 0);
            assert_eq!(decision.outcome, Outcome::Muted);
        }
        let decision = decide(&[], FloodLimit::default(), &mut flood, "outage", false, 0);
        assert_eq!(decision.outcome, Outcome::Notify);
    }
}
