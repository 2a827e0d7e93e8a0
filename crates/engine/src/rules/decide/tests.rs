use std::collections::HashMap;

use super::*;

#[derive(Default)]
struct Memory(HashMap<StateId, Kept>);

impl States for Memory {
    fn get(&self, id: &StateId) -> Option<&RuleState> {
        self.0.get(id).map(|kept| &kept.state)
    }

    fn put(&mut self, id: &StateId, kept: Option<Kept>) {
        match kept {
            Some(kept) => drop(self.0.insert(id.clone(), kept)),
            None => drop(self.0.remove(id)),
        }
    }
}

fn rule(events: &[&str], notify: bool) -> Rule {
    let events = events.iter().map(|e| (*e).to_owned()).collect();
    Rule { name: Some("r".into()), events, notify }
}

fn outcome(rules: &[Rule], event_type: &str) -> Outcome {
    let occasion = Occasion { event_type, at: 0, muted: false };
    decide(rules, FloodLimit::default(), &mut Memory::default(), &occasion).outcome
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
fn muted_events_are_marked_so_and_spend_no_budget() {
    let mut states = Memory::default();
    for _ in 0..50 {
        let occasion = Occasion { event_type: "outage", at: 0, muted: true };
        let decision = decide(&[], FloodLimit::default(), &mut states, &occasion);
        assert_eq!(decision.outcome, Outcome::Muted);
    }
    assert_eq!(states.0.len(), 0);
    let occasion = Occasion { event_type: "outage", at: 0, muted: false };
    assert_eq!(decide(&[], FloodLimit::default(), &mut states, &occasion).outcome, Outcome::Notify);
}

#[test]
fn a_flood_state_asks_to_be_looked_at_when_its_window_is_over_and_is_forgotten_then() {
    let mut states = Memory::default();
    let occasion = Occasion { event_type: "outage", at: 5_000, muted: false };
    decide(&[], FloodLimit::default(), &mut states, &occasion);
    assert_eq!(states.0[&StateId::default()].due_at, Some(35_000));
    crate::rules::due(&mut states, &StateId::default());
    assert_eq!(states.0.len(), 0);
}
