//! Checks of an address, and the rules that they lead to.

use std::time::Duration;

use bellwire_engine::config::Rule;
use bellwire_engine::event::{Outcome, Reason, RowBody};
use bellwire_engine::ports::Clock;
use bellwire_engine::{CheckReport, CheckStage, EngineHandle, FeedWish, Ids};
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::ticker::{QUOTES, Ticker};
use bellwire_tests::support::world::{World, rows};

/// Checks an address to the end.
async fn checked(engine: &EngineHandle, url: &str) -> CheckReport {
    let mut check = engine.check_feed(FeedWish { url: url.into(), ..FeedWish::default() }).unwrap();
    while check.next().await.is_some() {}
    check.into_report()
}

/// Returns the report on a stream that ends after this text.
async fn report_on(body: &str) -> CheckReport {
    let origin = Origin::start(vec![Scene::ended(body)]).await;
    let world = World::new("");
    let engine = world.start().await;
    let report = checked(&engine, &origin.url("/")).await;
    engine.shutdown().await;
    report
}

/// Returns type, number of events and proposal of each event type.
fn types(report: &CheckReport) -> Vec<(&str, u32, bool)> {
    let types = &report.seen.as_ref().unwrap().types;
    types.iter().map(|seen| (seen.event_type.as_str(), seen.count, seen.advice.notifies())).collect()
}

#[tokio::test]
async fn a_check_reports_each_step_and_stops_at_the_first_failure() {
    let good = Origin::start(vec![Scene::stream("event: alert\ndata: a\n\n")]).await;
    let html = Origin::start(vec![Scene::status(200, &["Content-Type: text/html"])]).await;
    let world = World::at_speed("", 20);
    let engine = world.start().await;
    let report = checked(&engine, &good.url("/stream")).await;
    assert!(report.addable);
    let steps: Vec<_> = report.steps.iter().map(|step| (step.stage, step.ok)).collect();
    let all = [
        CheckStage::Address,
        CheckStage::Connect,
        CheckStage::Answer,
        CheckStage::Type,
        CheckStage::FirstEvent,
    ];
    assert_eq!(steps, all.map(|step| (step, Some(true))));
    assert_eq!(report.steps[4].detail, "alert");
    let report = checked(&engine, &html.url("/")).await;
    let last = report.steps.last().unwrap();
    assert_eq!((last.stage, last.ok), (CheckStage::Type, Some(false)));
    assert_eq!(last.reason, Some(Reason::WrongType("text/html".into())));
    assert_eq!(report.seen, None);
    assert!(!checked(&engine, "not an address").await.addable);
    engine.shutdown().await;
}

#[tokio::test]
async fn an_address_without_a_scheme_is_checked_and_added_as_a_person_means_it() {
    let origin = Origin::start(vec![Scene::stream("event: alert\ndata: a\n\n"); 2]).await;
    let world = World::at_speed("", 20);
    let engine = world.start().await;
    let typed = format!("127.0.0.1:{}/stream", origin.port());
    let report = checked(&engine, &typed).await;
    assert_eq!(report.steps[0].detail, format!("http://{typed}"));
    assert_eq!(types(&report), [("alert", 1, true)]);
    engine.add_feed(FeedWish { url: typed.clone(), ..FeedWish::default() }).await.unwrap();
    assert!(world.config().contains(&format!("url = \"http://{typed}\"")), "{}", world.config());
    engine.shutdown().await;
}

#[tokio::test]
async fn a_check_is_judged_by_all_events_and_not_by_the_first() {
    let ping = "event: ping\ndata: 1\n\n";
    let quote = |n: u32| format!("event: quote\nid: {n}\ndata: {n}\n\n");
    let outage = "event: outage\nid: 9\ndata: down\n\n";
    let report = report_on(&[ping, &quote(1), outage, "id: 10\ndata: plain\n\n", &quote(11)].concat()).await;
    assert_eq!(
        types(&report),
        [("ping", 1, false), ("quote", 2, true), ("outage", 1, true), ("message", 1, false)]
    );
    let seen = report.seen.as_ref().unwrap();
    assert_eq!((seen.events, seen.ids), (5, Ids::Usable), "the ping without an id does not count");
    assert!(report.steps.iter().all(|step| step.ok == Some(true)), "the end of the stream is not a failure");
}

#[tokio::test]
async fn a_check_reports_ids_that_are_missing_or_never_change() {
    let ids = async |body: &str| report_on(body).await.seen.unwrap().ids;
    assert_eq!(ids("event: a\ndata: 1\n\nevent: b\ndata: 2\n\n").await, Ids::None);
    assert_eq!(ids("id: 7\ndata: 1\n\nid: 7\ndata: 2\n\n").await, Ids::Fixed);
    assert_eq!(ids("event: heartbeat\ndata: 1\n\n").await, Ids::Unknown);
}

#[tokio::test]
async fn a_check_ends_with_the_twentieth_event_or_after_ten_seconds() {
    let burst = "event: quote\ndata: x\n\n".repeat(30);
    let mut busy = Origin::start(vec![Scene::stream("")]).await;
    let quiet = Origin::start(vec![Scene::stream("event: alert\ndata: x\n\n")]).await;
    let world = World::at_speed("", 20);
    let engine = world.start().await;
    let url = busy.url("/");
    let later = async {
        busy.asked(1).await;
        world.clock.sleep(Duration::from_secs(3)).await;
        busy.send(&burst);
    };
    let (report, ()) = tokio::join!(checked(&engine, &url), later);
    assert_eq!(types(&report), [("quote", 20, false)]);
    assert!(report.seen.unwrap().watched.as_secs() < 10);
    let report = checked(&engine, &quiet.url("/")).await;
    assert_eq!(types(&report), [("alert", 1, true)]);
    assert!(report.seen.unwrap().watched.as_secs() >= 10);
    engine.shutdown().await;
}

#[tokio::test]
async fn old_alerts_that_come_as_the_stream_opens_do_not_mute_the_new_ones() {
    let kept = "event: alert\ndata: x\n\n".repeat(25);
    let origin = Origin::start(vec![Scene::stream(&kept)]).await;
    let world = World::at_speed("", 20);
    let engine = world.start().await;
    let report = checked(&engine, &origin.url("/")).await;
    assert_eq!(types(&report), [("alert", 25, true)]);
    assert!(Rule::for_choices(report.seen.unwrap().proposal()).is_empty());
    engine.shutdown().await;
}

#[tokio::test]
async fn a_check_reports_what_it_has_found_so_far() {
    let mut origin = Origin::start(vec![Scene::stream("")]).await;
    let world = World::new("");
    let engine = world.start().await;
    let mut check = engine.check_feed(FeedWish { url: origin.url("/"), ..FeedWish::default() }).unwrap();
    let first = check.next().await.unwrap();
    assert_eq!((first.steps.len(), first.seen), (1, None));
    let open = check.next().await.unwrap();
    assert_eq!(open.steps.last().unwrap().stage, CheckStage::Type);
    assert_eq!(types(&open), []);
    origin.asked(1).await;
    for (n, event_type) in ["quote", "quote", "alert"].into_iter().enumerate() {
        origin.send(&format!("event: {event_type}\ndata: {n}\n\n"));
        let report = check.next().await.unwrap();
        assert_eq!(report.seen.unwrap().events as usize, n + 1);
    }
    // Stopped before its time, it keeps what it has found.
    assert_eq!(types(&check.into_report()), [("quote", 2, true), ("alert", 1, true)]);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_feed_of_five_quotes_a_second_added_as_its_check_proposes_does_not_notify_about_them() {
    let ticker = Ticker::start().await;
    let world = World::new("");
    let engine = world.start().await;
    let report = checked(&engine, &ticker.url()).await;
    let rules = Rule::for_choices(report.seen.unwrap().proposal());
    engine.add_feed(FeedWish { url: ticker.url(), rules, ..FeedWish::default() }).await.unwrap();
    let rules = "[[feed.rule]]\nname = \"log only\"\nevent = \"quote\"\nnotify = false\n";
    assert!(world.config().ends_with(rules), "{}", world.config());

    // The outage comes after more quotes than the flood limit lets through.
    assert!(world.ledger.shown(1).await[0].title.ends_with("outage"));
    let logged = rows(&engine, |_| true).await;
    let quotes = logged.iter().filter_map(|row| match &row.body {
        RowBody::Event(event) if event.event_type == "quote" => Some(event.decision.outcome),
        _ => None,
    });
    let quotes: Vec<Outcome> = quotes.collect();
    assert!(quotes.len() >= QUOTES && quotes.iter().all(|outcome| *outcome == Outcome::Log), "{quotes:?}");
    engine.shutdown().await;
    assert_eq!(world.ledger.count(), 1);
}

#[tokio::test]
async fn what_is_as_without_rules_is_not_written_into_the_configuration() {
    let world = World::new("");
    let engine = world.start().await;
    let report = report_on("event: alert\ndata: a\n\ndata: plain\n\n").await;
    let rules = Rule::for_choices(report.seen.unwrap().proposal());
    engine
        .add_feed(FeedWish { url: "http://127.0.0.1:1/".into(), rules, ..FeedWish::default() })
        .await
        .unwrap();
    assert!(!world.config().contains("rule"), "{}", world.config());
    engine.shutdown().await;
}
