use super::*;

fn rules(choices: &[(&str, bool)]) -> Vec<(Vec<String>, bool)> {
    let choices = choices
        .iter()
        .map(|(event_type, notify)| TypeChoice { event_type: (*event_type).into(), notify: *notify })
        .collect();
    Rule::for_choices(choices).into_iter().map(|rule| (rule.events, rule.notify)).collect()
}

#[test]
fn choices_that_are_as_without_rules_need_no_rule() {
    assert_eq!(rules(&[]), []);
    assert_eq!(rules(&[("outage", true), ("message", false), ("Ping", false)]), []);
}

#[test]
fn quiet_types_share_one_rule_and_unnamed_messages_get_one_only_to_notify() {
    let quiet = || (vec!["quote".to_owned(), "open".to_owned()], false);
    assert_eq!(rules(&[("quote", false), ("outage", true), ("open", false)]), [quiet()]);
    let unnamed = || (vec!["message".to_owned()], true);
    assert_eq!(rules(&[("message", true)]), [unnamed()]);
    assert_eq!(
        rules(&[("heartbeat", true)]),
        [(vec!["heartbeat".to_owned()], true)],
        "a rule that names it wins"
    );
    assert_eq!(rules(&[("message", true), ("quote", false), ("open", false)]), [quiet(), unnamed()]);
}
