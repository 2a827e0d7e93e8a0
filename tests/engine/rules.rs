//! Rules with conditions and texts, from `config.toml` to the notification.

use bellwire_engine::event::{Mute, Outcome, RowBody, Severity};
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::world::{World, rows, status};

use crate::resume::one_feed;

const RULES: &str = r#"
[notifications]
burst = 2
per = "1h"
"#;

const RULE: &str = r#"
[[feed.rule]]
name = "disk"
when = "data.topic == 'disk'"
severity = "{{ 'critical' if data.priority == 5 else 'warning' }}"
title = "{{ data.title }}"
body = "{{ data.message|striptags }}"
link = "{{ data.click }}"
"#;

fn message(title: &str, priority: u8) -> String {
    let data = format!(
        r#"{{"topic":"disk","title":"{title}","message":"<p>90 %</p>","priority":{priority},"click":"https://status.example.com/1"}}"#
    );
    format!("data: {data}\n\n")
}

fn config(origin: &Origin, rule: &str) -> String {
    format!("[app]\nlanguage = \"en\"\n{RULES}{}{rule}", one_feed(origin))
}

#[tokio::test]
async fn a_notification_reads_as_its_rule_says_and_offers_its_link() {
    let stream = format!("{}data: {{\"topic\":\"other\"}}\n\n", message("Disk", 5));
    let origin = Origin::start(vec![Scene::stream(&stream)]).await;
    let world = World::new(&config(&origin, RULE));
    let engine = world.start().await;
    let mut clicks = engine.clicks();
    rows(&engine, |rows| rows.iter().filter(|row| matches!(row.body, RowBody::Event(_))).count() == 2).await;
    let shown = world.ledger.shown(1).await;
    assert_eq!(shown.len(), 1, "the other topic is only logged");
    let note = &shown[0];
    assert_eq!((note.title.as_str(), note.body.as_str()), ("Disk", "90 %"));
    assert_eq!(note.severity, Severity::Critical);
    assert_eq!(note.link_action.as_deref(), Some("Open status.example.com"));
    world.ledger.click_link(note.key);
    let link = clicks.recv().await.unwrap().link.map(String::from);
    assert_eq!(link.as_deref(), Some("https://status.example.com/1"));
    engine.shutdown().await;
}

#[tokio::test]
async fn a_digest_ends_with_what_the_rule_says_about_the_newest() {
    let stream: String = ["one", "two", "three", "four"].map(|title| message(title, 3)).concat();
    let origin = Origin::start(vec![Scene::stream(&stream)]).await;
    let world = World::new(&config(&origin, RULE));
    let engine = world.start().await;
    let shown = world.ledger.shown(3).await;
    let titles: Vec<&str> = shown.iter().map(|note| note.title.as_str()).collect();
    assert_eq!(titles[..2], ["one", "two"]);
    assert!(shown[2].body.ends_with("Newest: four: 90 %"), "{:?}", shown[2]);
    assert!(shown.iter().all(|note| note.severity == Severity::Warning));
    engine.shutdown().await;
}

#[tokio::test]
async fn a_rule_that_fails_notifies_plainly_and_the_log_says_why() {
    let origin = Origin::start(vec![Scene::stream("event: outage\ndata: {\"a\":\"x\"}\n\n")]).await;
    let broken =
        "[[feed.rule]]\nname = \"sum\"\nwhen = \"data.a + 1 > 2\"\ntitle = \"{{ data.a * data.a }}\"\n";
    let world = World::new(&config(&origin, broken));
    let engine = world.start().await;
    let note = world.ledger.shown(1).await.remove(0);
    assert_eq!(note.title, "ops · outage");
    let all = rows(&engine, |rows| rows.iter().any(|row| matches!(row.body, RowBody::Event(_)))).await;
    let fault = all.iter().find_map(|row| match &row.body {
        RowBody::Event(event) => event.decision.fault.clone(),
        _ => None,
    });
    assert!(fault.as_deref().is_some_and(|fault| fault.starts_with("when: cannot be computed")), "{fault:?}");
    engine.shutdown().await;
}

#[tokio::test]
async fn a_muted_event_keeps_the_severity_of_its_rule() {
    let origin = Origin::start(vec![Scene::stream("")]).await;
    let world = World::new(&config(&origin, RULE));
    let engine = world.start().await;
    engine.set_mute(Mute::On).await;
    status(&engine, |status| status.feeds[0].connection.is_live()).await;
    origin.send(&message("Disk", 5));
    let all = rows(&engine, |rows| rows.iter().any(|row| matches!(row.body, RowBody::Event(_)))).await;
    let found = all.iter().find_map(|row| match &row.body {
        RowBody::Event(event) => Some((event.decision.outcome, event.severity)),
        _ => None,
    });
    assert_eq!(found, Some((Outcome::Muted, Severity::Critical)));
    engine.shutdown().await;
}
