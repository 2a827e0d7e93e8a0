use super::*;

fn rules(choices: &[(&str, bool)]) -> Vec<(Vec<String>, bool)> {
    let choices = choices
        .iter()
        .map(|(event_type, notify)| TypeChoice { event_type: (*event_type).into(), notify: *notify })
        .collect();
    Rule::for_choices(choices)
        .into_iter()
        .map(|rule| (rule.events.iter().map(|event| event.as_str().to_owned()).collect(), rule.notify))
        .collect()
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

fn read(text: &str) -> Result<Rule, String> {
    let text =
        format!("version = 1\n[[feed]]\nid = \"a\"\nurl = \"http://a.example/\"\n[[feed.rule]]\n{text}");
    let config = crate::config::parse(&text).map_err(|error| error.to_string())?;
    Ok(config.feeds[0].rules[0].clone())
}

#[test]
fn a_rule_has_a_condition_and_texts_and_each_error_has_its_place() {
    let rule = read(
        "event = \"deploy.*\"\nwhen = \"data.n > 3\"\nseverity = \"critical\"\ntitle = \"{{ data.a }}\"",
    )
    .unwrap();
    assert!(rule.events[0].matches("deploy.done") && rule.notify);
    assert_eq!(rule.severity, Some(RuleSeverity::Fixed(Severity::Critical)));
    assert_eq!(rule.title.as_ref().map(Template::as_str), Some("{{ data.a }}"));
    let computed = read("severity = \"{{ data.level }}\"").unwrap().severity.unwrap();
    assert_eq!(computed.as_str(), "{{ data.level }}");
    for broken in [
        "when = \"data.\"",
        "severity = \"bad\"",
        "title = \"{{ x\"",
        "body = \"{% x %}\"",
        "link = \"{{ . }}\"",
    ] {
        let problem = read(broken).unwrap_err();
        assert!(problem.contains("line 6"), "{broken}: {problem}");
    }
}
