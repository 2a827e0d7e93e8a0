//! Notifications: which events notify, the flood limit, and mute.

use bellwire_engine::event::Mute;
use bellwire_engine::event::{Outcome, RowBody, Severity};
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::world::{World, data, feed, rows, status};

fn named(event: &str, count: usize) -> String {
    (1..=count).map(|n| format!("event: {event}\nid: {event}-{n}\ndata: {event} {n}\n\n")).collect()
}

fn config(origin: &Origin, more: &str) -> String {
    format!(
        "[app]\nlanguage = \"en\"\n[[feed]]\nid = \"f\"\nname = \"Ops\"\nurl = \"{}\"\n{more}",
        origin.url("/")
    )
}

async fn outcomes(engine: &bellwire_engine::EngineHandle, count: usize) -> Vec<Outcome> {
    data(engine, count).await;
    let all = rows(engine, |_| true).await;
    let outcomes = all.iter().filter_map(|row| match &row.body {
        RowBody::Event(event) => Some(event.decision.outcome),
        _ => None,
    });
    outcomes.collect()
}

#[tokio::test]
async fn named_events_notify_and_unnamed_ones_are_logged() {
    let origin =
        Origin::start(vec![Scene::stream("data: plain\n\nevent: outage\ndata: {\"message\":\"down\"}\n\n")])
            .await;
    let world = World::new(&config(&origin, ""));
    let engine = world.start().await;
    let shown = world.ledger.shown(1).await;
    assert_eq!((shown[0].title.as_str(), shown[0].body.as_str()), ("Ops · outage", "down"));
    assert_eq!(outcomes(&engine, 2).await, [Outcome::Log, Outcome::Notify]);
    let found = feed(&engine, |feed| feed.unread == 1).await;
    assert!(found.alerts && !found.unread_critical);
    engine.shutdown().await;
    assert_eq!(world.ledger.count(), 1);
}

#[tokio::test]
async fn rules_name_event_types_and_the_first_match_decides() {
    let rules = "[[feed.rule]]\nname = \"ticks\"\nevent = \"tick\"\nnotify = false\n\
                 [[feed.rule]]\nname = \"all\"\nevent = [\"message\", \"tick\"]\n";
    let origin = Origin::start(vec![Scene::stream("data: plain\n\nevent: tick\ndata: t\n\n")]).await;
    let world = World::new(&config(&origin, rules));
    let engine = world.start().await;
    assert_eq!(outcomes(&engine, 2).await, [Outcome::Notify, Outcome::Log]);
    let shown = world.ledger.shown(1).await;
    assert_eq!(shown[0].title, "Ops · message");
    engine.shutdown().await;
}

#[tokio::test]
async fn after_five_in_thirty_seconds_one_notification_counts_the_rest() {
    let origin = Origin::start(vec![Scene::stream(&named("outage", 205))]).await;
    let world = World::new(&config(&origin, "severity = { warning = [\"outage\"] }\n"));
    let engine = world.start().await;
    let outcomes = outcomes(&engine, 205).await;
    assert_eq!(outcomes.iter().filter(|o| **o == Outcome::Notify).count(), 5);
    assert_eq!(outcomes.iter().filter(|o| **o == Outcome::Digest).count(), 200);
    let shown = world.ledger.shown(6).await;
    let last = shown.last().unwrap();
    assert!(last.title.starts_with("Ops: 200 events in "), "{}", last.title);
    assert_eq!(last.body, "outage 200. Newest: outage 205");
    assert_eq!(last.severity, Severity::Warning);
    // Two more events update the same notification.
    origin.send(&named("outage", 2));
    let shown = world.ledger.shown(7).await;
    assert!(shown[6].title.starts_with("Ops: 202 events in "), "{}", shown[6].title);
    assert_eq!(shown[6].key, last.key);
    let listed = status(&engine, |status| status.last_notified[0].text.starts_with("Ops: 202")).await;
    let texts: Vec<&str> = listed.last_notified[1..].iter().map(|notified| notified.text.as_str()).collect();
    assert_eq!(texts, ["outage 5", "outage 4"], "a digest is listed once, a single event by its own words");
    engine.shutdown().await;
    assert_eq!(world.ledger.count(), 7);
}

#[tokio::test]
async fn a_critical_event_is_not_held_back_by_a_storm_of_others() {
    let storm = named("note", 8) + &named("outage", 1) + &named("note", 9);
    let origin = Origin::start(vec![Scene::stream(&storm)]).await;
    let world = World::new(&config(&origin, "severity = { critical = [\"outage\"] }\n"));
    let engine = world.start().await;
    let outcomes = outcomes(&engine, 18).await;
    assert_eq!(outcomes[5..8], [Outcome::Digest; 3]);
    assert_eq!(outcomes[8], Outcome::Notify);
    assert_eq!(outcomes[9..], [Outcome::Digest; 9], "the storm goes on");
    let shown = world.ledger.shown(7).await;
    let outage = shown.iter().find(|shown| shown.title == "Ops · outage").unwrap();
    assert_eq!((outage.severity, outage.body.as_str()), (Severity::Critical, "outage 1"));
    let digests: Vec<_> = shown.iter().filter(|shown| shown.title.contains(" events in ")).collect();
    assert!(digests.iter().all(|digest| digest.key == digests[0].key), "{digests:?}");
    engine.shutdown().await;
}

#[tokio::test]
async fn a_storm_of_critical_events_has_a_limit_too_and_its_digest_names_them_first() {
    let storm = named("note", 6) + &named("outage", 25) + &named("note", 1);
    let origin = Origin::start(vec![Scene::stream(&storm)]).await;
    let world = World::new(&config(&origin, "severity = { critical = [\"outage\"] }\n"));
    let engine = world.start().await;
    let outcomes = outcomes(&engine, 32).await;
    let notified = outcomes[6..31].iter().filter(|outcome| **outcome == Outcome::Notify).count();
    assert_eq!(notified, 20);
    let shown = world.ledger.shown(26).await;
    let digest = shown.last().unwrap();
    assert!(digest.title.starts_with("Ops: 7 events in "), "{}", digest.title);
    assert!(digest.title.ends_with(", 5 critical"), "{}", digest.title);
    assert_eq!(digest.body, "note 2, outage 5. Newest critical: outage 25");
    assert_eq!(digest.severity, Severity::Critical);
    engine.shutdown().await;
}

#[tokio::test]
async fn what_a_server_replays_is_one_notification_and_fresh_critical_events_stand_alone() {
    let replay = named("note", 30) + &named("outage", 2) + &named("disk", 1);
    let first = "event: note\nid: note-0\ndata: note 0\n\n";
    let origin = Origin::start(vec![Scene::stream(first), Scene::stream(&replay)]).await;
    let world = World::new(&config(&origin, "severity = { critical = [\"outage\"] }\n"));
    let engine = world.start().await;
    world.ledger.shown(1).await;
    engine.shutdown().await;
    let engine = world.start().await;
    let shown = world.ledger.shown(4).await;
    let texts: Vec<&str> = shown.iter().map(|shown| shown.body.as_str()).collect();
    let counted = "note 30, disk 1. Newest: disk 1";
    assert_eq!(texts, ["note 0", "outage 1", "outage 2", counted], "{shown:#?}");
    assert!(shown[3].title.starts_with("Ops: 31 events since "), "{}", shown[3].title);
    engine.shutdown().await;
    assert_eq!(world.ledger.count(), 4);
}

#[tokio::test]
async fn a_replay_that_is_cut_goes_on_in_the_same_notification() {
    let first = "event: note\nid: note-0\ndata: note 0\n\n";
    let scenes =
        vec![Scene::stream(first), Scene::stream(&named("first", 2)), Scene::stream(&named("second", 3))];
    let origin = Origin::start(scenes).await;
    let world = World::new(&config(&origin, ""));
    let engine = world.start().await;
    world.ledger.shown(1).await;
    engine.shutdown().await;
    let engine = world.start().await;
    data(&engine, 3).await;
    // The place is kept, and so is the notification that waits.
    engine.shutdown().await;
    let engine = world.start().await;
    data(&engine, 6).await;
    let shown = world.ledger.shown(2).await;
    assert_eq!(shown[1].body, "first 2, second 3. Newest: second 3");
    engine.shutdown().await;
    assert_eq!(world.ledger.count(), 2);
}

#[tokio::test]
async fn a_single_event_that_is_replayed_reads_like_any_other() {
    let scenes = vec![Scene::stream(&named("note", 1)), Scene::stream(&named("disk", 1))];
    let origin = Origin::start(scenes).await;
    let world = World::new(&config(&origin, "[[feed.rule]]\nlink = \"https://a.example/{{ id }}\"\n"));
    let engine = world.start().await;
    world.ledger.shown(1).await;
    engine.shutdown().await;
    let engine = world.start().await;
    let _clicks = engine.clicks();
    let shown = world.ledger.shown(2).await;
    assert_eq!((shown[1].title.as_str(), shown[1].body.as_str()), ("Ops · disk", "disk 1"));
    assert_eq!(shown[1].link_action.as_deref(), Some("Open a.example"));
    engine.shutdown().await;
}

#[tokio::test]
async fn a_restart_shows_no_delivery_again_and_keeps_the_flood_limit() {
    let origin = Origin::start(vec![Scene::stream(&named("a", 5)), Scene::stream(&named("b", 1))]).await;
    let world = World::new(&config(&origin, ""));
    let engine = world.start().await;
    world.ledger.shown(5).await;
    engine.shutdown().await;
    let engine = world.start().await;
    let shown = world.ledger.shown(6).await;
    assert!(shown[5].title.starts_with("Ops: 1 event in "), "{}", shown[5].title);
    engine.shutdown().await;
    assert_eq!(world.ledger.count(), 6);
}

#[tokio::test]
async fn muted_events_count_as_unread_without_a_notification_and_mute_survives_a_restart() {
    let origin = Origin::start(vec![Scene::stream(""), Scene::stream("")]).await;
    let world = World::new(&config(&origin, ""));
    let engine = world.start().await;
    engine.set_mute(Mute::On).await;
    engine.shutdown().await;
    let engine = world.start().await;
    status(&engine, |status| status.mute == Mute::On && status.feeds[0].connection.is_live()).await;
    origin.send(&named("a", 1));
    assert_eq!(outcomes(&engine, 1).await, [Outcome::Muted]);
    assert_eq!(feed(&engine, |feed| feed.unread == 1).await.unread, 1);
    engine.set_mute(Mute::Off).await;
    origin.send(&named("b", 1));
    assert_eq!(world.ledger.shown(1).await[0].title, "Ops · b");
    engine.shutdown().await;
    assert_eq!(world.ledger.count(), 1);
}

#[tokio::test]
async fn a_click_carries_the_row_and_marked_rows_are_no_longer_unread() {
    let origin = Origin::start(vec![Scene::stream(&named("a", 3))]).await;
    let world = World::new(&config(&origin, ""));
    let engine = world.start().await;
    let mut clicks = engine.clicks();
    let shown = world.ledger.shown(3).await;
    world.ledger.click(shown[1].key);
    let click = clicks.recv().await.unwrap();
    let row = engine.reader().row(click.seq).unwrap().unwrap();
    assert!(matches!(row.body, RowBody::Event(event) if event.data == "a 2"));
    feed(&engine, |feed| feed.unread == 3).await;
    engine.mark_read(None, click.seq).await;
    feed(&engine, |feed| feed.unread == 1).await;
    engine.shutdown().await;
    let engine = world.start().await;
    assert_eq!(engine.status().borrow().feeds[0].unread, 1);
    assert_eq!(engine.status().borrow().last_notified.len(), 3);
    engine.shutdown().await;
}

#[tokio::test]
async fn the_first_notification_of_a_feed_added_while_running_has_its_name() {
    let origin = Origin::start(vec![Scene::stream(&named("storm", 1))]).await;
    let world = World::new("[app]\nlanguage = \"en\"\n");
    let engine = world.start().await;
    world.write_config(&config(&origin, ""));
    assert_eq!(world.ledger.shown(1).await[0].title, "Ops · storm");
    engine.shutdown().await;
}

#[tokio::test]
async fn a_long_feed_name_is_cut_so_that_the_event_type_fits_in_the_title() {
    let origin = Origin::start(vec![Scene::stream(&named("storm", 1))]).await;
    let long = "很".repeat(200);
    let world =
        World::new(&format!("[[feed]]\nid = \"f\"\nname = \"{long}\"\nurl = \"{}\"\n", origin.url("/")));
    let engine = world.start().await;
    assert!(world.ledger.shown(1).await[0].title.ends_with(" · storm"));
    engine.shutdown().await;
}
