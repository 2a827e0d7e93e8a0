use std::collections::HashMap;
use std::time::Duration;

use super::*;
use crate::config::Pattern;
use crate::event::{Arrival, FeedId, ReceivedLines};

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
    let events = events.iter().map(|name| Pattern::new(name)).collect();
    Rule { name: Some("r".into()), events, notify, ..Rule::default() }
}

fn event(event_type: &str, data: &str) -> IncomingEvent {
    IncomingEvent {
        event_type: event_type.into(),
        data: data.into(),
        last_event_id: String::new(),
        explicit_id: false,
        is_control: false,
        is_place: false,
        part: None,
        arrival: Arrival { lines: ReceivedLines::TooLarge, chunks: 1, took: Duration::ZERO },
    }
}

fn feed(rules: &[Rule]) -> FeedConfig {
    let url = "http://a.example/".parse().unwrap();
    FeedConfig { rules: rules.to_vec(), ..FeedConfig::new(FeedId::parse("a").unwrap(), url) }
}

fn live(event: &IncomingEvent, at: Millis) -> Occasion<'_> {
    Occasion { event, replayed: false, away: 0, has_replay_digest: false, at, muted: false }
}

fn verdict(rules: &[Rule], event: &IncomingEvent) -> Verdict {
    let occasion = live(event, 0);
    decide(&feed(rules), FloodLimit::default(), &mut Memory::default(), &occasion)
}

fn outcome(rules: &[Rule], event_type: &str) -> Outcome {
    verdict(rules, &event(event_type, "x")).decision.outcome
}

#[test]
fn without_rules_named_events_notify_and_unnamed_are_logged() {
    assert_eq!(outcome(&[], "outage"), Outcome::Notify);
    assert_eq!(outcome(&[], "message"), Outcome::Log);
}

#[test]
fn an_event_without_data_notifies_only_by_a_rule() {
    let decide = |rules: &[Rule]| verdict(rules, &event("outage", "")).decision.outcome;
    assert_eq!(decide(&[]), Outcome::Log);
    assert_eq!(decide(&[rule(&["outage"], true)]), Outcome::Notify);
    assert_eq!(decide(&[rule(&[], true)]), Outcome::Notify);
}

#[test]
fn a_control_event_never_notifies_unless_a_rule_names_it() {
    let control = IncomingEvent { is_control: true, ..event("heartbeat", "x") };
    let decide = |rules: &[Rule]| verdict(rules, &control).decision.outcome;
    assert_eq!(decide(&[]), Outcome::Control);
    assert_eq!(decide(&[rule(&[], true)]), Outcome::Control, "a rule for everything does not mean it");
    assert_eq!(decide(&[rule(&["*"], true)]), Outcome::Control, "nor does a rule for every name");
    assert_eq!(decide(&[rule(&[], true), rule(&["heartbeat"], true)]), Outcome::Notify);
    assert_eq!(decide(&[rule(&["heart*"], true)]), Outcome::Notify);
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
    let (mut states, event) = (Memory::default(), event("outage", "x"));
    let mut decide = |muted| {
        let occasion = Occasion { muted, ..live(&event, 5_000) };
        let outcome = decide(&feed(&[]), FloodLimit::default(), &mut states, &occasion).decision.outcome;
        (outcome, states.0.len())
    };
    for _ in 0..50 {
        assert_eq!(decide(true), (Outcome::Muted, 0));
    }
    assert_eq!(decide(false), (Outcome::Notify, 1));
}

#[test]
fn a_flood_state_asks_to_be_looked_at_when_its_window_is_over_and_is_forgotten_then() {
    let mut states = Memory::default();
    let outage = event("outage", "x");
    let occasion = live(&outage, 5_000);
    decide(&feed(&[]), FloodLimit::default(), &mut states, &occasion);
    assert_eq!(states.0[&StateId::default()].due_at, Some(35_000));
    crate::rules::due(&mut states, &StateId::default());
    assert_eq!(states.0.len(), 0);
}

#[test]
fn what_is_replayed_is_counted_but_for_fresh_critical_events() {
    let (outage, hour) = (event("outage", "x"), 3_600_000);
    let replayed = |rules: &[Rule], away: Millis, has_replay_digest: bool| {
        let occasion = Occasion { replayed: true, away, has_replay_digest, ..live(&outage, 0) };
        let verdict = decide(&feed(rules), FloodLimit::default(), &mut Memory::default(), &occasion);
        (verdict.decision.outcome, verdict.in_replay_digest)
    };
    assert_eq!(replayed(&[], 1, false), (Outcome::Digest, true));
    assert_eq!(replayed(&[], 1, true), (Outcome::Digest, true));
    let critical = [written("severity = \"critical\"")];
    assert_eq!(replayed(&critical, hour, true), (Outcome::Notify, false));
    assert_eq!(replayed(&critical, hour + 1, true), (Outcome::Digest, true));
    assert_eq!(replayed(&[rule(&[], false)], 1, true), (Outcome::Log, false));
}

#[test]
fn a_feed_that_returns_again_and_again_is_within_the_flood_limit_too() {
    let (outage, mut states) = (event("outage", "x"), Memory::default());
    let mut returns = |at| {
        let occasion = Occasion { replayed: true, away: 1, ..live(&outage, at) };
        decide(&feed(&[]), FloodLimit::default(), &mut states, &occasion).in_replay_digest
    };
    assert_eq!([0, 1, 2, 3, 4, 5].map(&mut returns), [true, true, true, true, true, false]);
    assert!(returns(60_000));
}

fn written(text: &str) -> Rule {
    let text =
        format!("version = 1\n[[feed]]\nid = \"a\"\nurl = \"http://a.example/\"\n[[feed.rule]]\n{text}");
    crate::config::parse(&text).unwrap().feeds.remove(0).rules.remove(0)
}

#[test]
fn a_condition_must_hold_and_one_that_fails_counts_as_holding_and_says_so() {
    let rules = [written("name = \"north\"\nwhen = \"data.region == 'north'\"\nseverity = \"critical\"")];
    let north = verdict(&rules, &event("message", r#"{"region":"north"}"#));
    assert_eq!((north.decision.outcome, north.severity), (Outcome::Notify, Severity::Critical));
    let south = verdict(&rules, &event("message", r#"{"region":"south"}"#));
    assert_eq!((south.decision.outcome, south.severity), (Outcome::Log, Severity::Info));
    assert_eq!(verdict(&rules, &event("message", "plain")).decision.fault, None);
    let failing =
        verdict(&[written("name = \"sum\"\nwhen = \"data.a + 1 > 2\"")], &event("message", r#"{"a":"x"}"#));
    assert_eq!(failing.decision.outcome, Outcome::Notify);
    assert_eq!(failing.decision.rule.as_deref(), Some("sum"));
    assert!(failing.decision.fault.is_some_and(|fault| fault.starts_with("when: cannot be computed")));
}

#[test]
fn a_rule_gives_severity_texts_and_a_link_from_the_data() {
    let rules = [written(
        "severity = \"{{ 'critical' if data.priority == 5 else 'info' }}\"\ntitle = \"{{ data.topic }}\"\n\
         body = \"{{ data.message|striptags }}\"\nlink = \"{{ data.click }}\"",
    )];
    let data = r#"{"priority":5,"topic":"disk","message":"<b>90 %</b>","click":"https://ex.example/1"}"#;
    let found = verdict(&rules, &event("message", data));
    assert_eq!((found.severity, &found.decision.fault), (Severity::Critical, &None));
    assert_eq!(found.texts.title.as_deref(), Some("disk"));
    assert_eq!(found.texts.body.as_deref(), Some("90 %"));
    assert_eq!(found.texts.link.map(|link| link.to_string()).as_deref(), Some("https://ex.example/1"));
    let bare = verdict(&rules, &event("message", "{}"));
    assert_eq!((bare.severity, bare.texts, bare.decision.fault), (Severity::Info, Texts::default(), None));
}

#[test]
fn a_text_that_fails_is_left_to_the_event_and_a_link_that_is_none_is_not_offered() {
    for (text, fault) in [
        ("title = \"{{ data.a + 1 }}\"", "title: cannot be computed"),
        ("severity = \"{{ data.a }}\"", "severity: expected info, warning or critical"),
        ("link = \"javascript:alert(1)\"", "link: expected an address"),
        ("link = \"https://good.example@evil.example/\"", "link: expected an address"),
    ] {
        let found = verdict(&[written(text)], &event("outage", r#"{"a":"x"}"#));
        assert_eq!((found.decision.outcome, &found.texts), (Outcome::Notify, &Texts::default()), "{text}");
        assert!(found.decision.fault.is_some_and(|said| said.starts_with(fault)), "{text}");
    }
}

#[test]
fn data_with_too_many_values_is_a_text_to_expressions_and_the_event_says_so() {
    let data = format!("[{}]", vec![r#"{"":0}"#; 60_000].join(","));
    let found =
        verdict(&[written("when = \"data is string\"\ntitle = \"{{ data|length }}\"")], &event("e", &data));
    assert_eq!(found.texts.title.as_deref(), Some(data.len().to_string().as_str()));
    assert!(found.decision.fault.is_some_and(|said| said.starts_with("data: more than 100000 values")));
    assert_eq!(verdict(&[], &event("e", &data)).decision.fault, None, "no expression looks at it");
}
