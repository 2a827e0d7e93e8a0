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

const OUTAGE: Occasion<'static> =
    Occasion { event_type: "outage", is_control: false, is_empty: false, at: 0, muted: false };

fn outcome(rules: &[Rule], event_type: &str) -> Outcome {
    let occasion = Occasion { event_type, at: 0, muted: false, ..OUTAGE };
    decide(rules, FloodLimit::default(), &mut Memory::default(), &occasion).outcome
}

#[test]
fn without_rules_named_events_notify_and_unnamed_are_logged() {
    assert_eq!(outcome(&[], "outage"), Outcome::Notify);
    assert_eq!(outcome(&[], "message"), Outcome::Log);
}

#[test]
fn an_event_without_data_notifies_only_by_a_rule() {
    let empty = Occasion { is_empty: true, ..OUTAGE };
    let decide =
        |rules: &[Rule]| decide(rules, FloodLimit::default(), &mut Memory::default(), &empty).outcome;
    assert_eq!(decide(&[]), Outcome::Log);
    assert_eq!(decide(&[rule(&["outage"], true)]), Outcome::Notify);
    assert_eq!(decide(&[rule(&[], true)]), Outcome::Notify);
}

#[test]
fn a_control_event_never_notifies_unless_a_rule_names_it() {
    let control = Occasion { event_type: "heartbeat", is_control: true, ..OUTAGE };
    let decide =
        |rules: &[Rule]| decide(rules, FloodLimit::default(), &mut Memory::default(), &control).outcome;
    assert_eq!(decide(&[]), Outcome::Control);
    assert_eq!(decide(&[rule(&[], true)]), Outcome::Control, "a rule for everything does not mean it");
    assert_eq!(decide(&[rule(&[], true), rule(&["heartbeat"], true)]), Outcome::Notify);
    assert_eq!(decide(&[rule(&["heartbeat"], false)]), Outcome::Log);
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
        let occasion = Occasion { at: 0, muted: true, ..OUTAGE };
        let decision = decide(&[], FloodLimit::default(), &mut states, &occasion);
        assert_eq!(decision.outcome, Outcome::Muted);
    }
    assert_eq!(states.0.len(), 0);
    let occasion = Occasion { at: 0, muted: false, ..OUTAGE };
    assert_eq!(decide(&[], FloodLimit::default(), &mut states, &occasion).outcome, Outcome::Notify);
}

#[test]
fn a_flood_state_asks_to_be_looked_at_when_its_window_is_over_and_is_forgotten_then() {
    let mut states = Memory::default();
    let occasion = Occasion { at: 5_000, muted: false, ..OUTAGE };
    decide(&[], FloodLimit::default(), &mut states, &occasion);
    assert_eq!(states.0[&StateId::default()].due_at, Some(35_000));
    crate::rules::due(&mut states, &StateId::default());
    assert_eq!(states.0.len(), 0);
}
