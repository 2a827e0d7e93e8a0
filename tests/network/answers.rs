//! Responses of servers and of intermediaries: statuses, delays, captive portals, oversized heads.

use std::time::Duration;

use bellwire_engine::event::{Fault, Reason, RowBody};
use bellwire_engine::ports::{Clock, Secrets};
use bellwire_engine::secrets::Secret;
use bellwire_engine::status::Connection;
use bellwire_tests::support::origin::{Origin, Scene, Then};
use bellwire_tests::support::world::{World, data, feed, rows};

use crate::tls::secure_server_that_answers;

const BEARER: &str = "auth = { type = \"bearer\", secret = \"ops\" }";

fn config(url: &str, more: &str) -> String {
    format!("[[feed]]\nid = \"f\"\nurl = \"{url}\"\n{more}\n")
}

/// Waits until the feed waits, and returns the reason and the delay by the wall clock.
async fn wait(scene: Scene) -> (Reason, Duration) {
    let origin = Origin::start(vec![scene]).await;
    let world = World::new(&config(&origin.url("/"), ""));
    let engine = world.start().await;
    let rows =
        rows(&engine, |rows| rows.iter().any(|row| matches!(row.body, RowBody::Reconnecting(_)))).await;
    engine.shutdown().await;
    let mut waits = rows.into_iter().filter_map(|row| match row.body {
        RowBody::Reconnecting(wait) => Some((wait.reason, Duration::from_millis(wait.in_ms))),
        _ => None,
    });
    waits.next_back().unwrap()
}

#[tokio::test]
async fn temporary_statuses_are_retried_and_shown_as_the_reason() {
    for status in [408, 425, 429, 500, 502, 503, 504, 599] {
        let (reason, delay) = wait(Scene::status(status, &[])).await;
        assert_eq!(reason, Reason::Status(status));
        assert!(delay <= Duration::from_secs(2), "{status}: {delay:?}");
    }
}

#[tokio::test]
async fn an_absurd_retry_is_clamped_to_an_hour() {
    let (reason, delay) = wait(Scene::ended("retry: 99999999999\ndata: a\n\n")).await;
    assert_eq!(reason, Reason::Ended);
    let hour = Duration::from_secs(3600);
    assert!(delay >= hour && delay <= hour + Duration::from_secs(30), "{delay:?}");
}

#[tokio::test]
async fn retry_after_as_a_date_delays_until_then_by_the_wall_clock() {
    // This clock differs from the machine's by decades.
    let world = World::new("");
    world.clock.sleep_through(Duration::from_secs(40 * 365 * 24 * 3600));
    let dated = |seconds: i64| {
        let at = world.clock.wall() / 1000 + seconds;
        format!("Retry-After: {}", http_date(u64::try_from(at).unwrap()))
    };
    let day = Duration::from_secs(24 * 3600);
    let cases = [
        (dated(600), Duration::from_secs(590), Duration::from_secs(602)),
        (dated(-600), Duration::ZERO, Duration::from_secs(2)),
        (dated(10 * 365 * 24 * 3600), day, day + Duration::from_secs(2)),
        ("Retry-After: 99999999999999999999999".into(), day, day + Duration::from_secs(2)),
        ("Retry-After: soon".into(), Duration::ZERO, Duration::from_secs(2)),
    ];
    for (header, least, most) in cases {
        let origin = Origin::start(vec![Scene::status(503, &[&header])]).await;
        world.write_config(&config(&origin.url("/"), ""));
        let engine = world.start().await;
        let waiting = feed(&engine, |feed| matches!(feed.connection, Connection::Waiting { .. })).await;
        let Connection::Waiting { retry_at, .. } = waiting.connection else { unreachable!() };
        let delay = Duration::from_millis(u64::try_from(retry_at - world.clock.wall()).unwrap_or(0));
        // The time since the response is real time of this machine.
        assert!(delay + Duration::from_secs(8) >= least && delay <= most, "{header}: {delay:?}");
        engine.shutdown().await;
    }
}

/// Formats a date as IMF-fixdate (RFC 9110 5.6.7).
fn http_date(seconds: u64) -> String {
    let output = std::process::Command::new("date")
        .args(["-u", "-d", &format!("@{seconds}"), "+%a, %d %b %Y %H:%M:%S GMT"])
        .env("LC_ALL", "C")
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[tokio::test]
async fn a_captive_portal_gets_no_secret_and_the_feed_continues_afterwards() {
    let mut portal = Origin::start(vec![Scene::status(200, &["Content-Type: text/html"])]).await;
    let to_portal = format!("Location: {}", portal.url("/sign-in"));
    let scenes = vec![Scene::status(302, &[&to_portal]), Scene::stream("data: home\n\n")];
    let origin = Origin::start(scenes).await;
    let world = World::at_speed(&config(&origin.url("/"), BEARER), 100);
    world.keychain.set("ops", Secret::new("t0ken")).await.unwrap();
    let began = world.clock.mono();
    let engine = world.start().await;
    let parked = feed(&engine, |feed| matches!(feed.connection, Connection::Parked { .. })).await;
    let Connection::Parked { reason, retry_at, .. } = parked.connection else { unreachable!() };
    assert_eq!(reason, Reason::SignInRefusedForPage("127.0.0.1/sign-in".into()));
    assert!(retry_at.is_some(), "the feed is still retried");
    let asked = portal.asked(1).await.remove(0);
    assert_eq!(asked.header("authorization"), None);
    assert_eq!(data(&engine, 1).await, ["home"]);
    assert!(world.clock.mono() - began >= Duration::from_secs(300), "slow retries only");
    assert_eq!((portal.count(), origin.count()), (1, 2));
    engine.shutdown().await;
}

#[tokio::test]
async fn a_redirect_from_https_to_http_is_never_followed() {
    let plain = Origin::start(vec![Scene::stream("data: plain\n\n")]).await;
    let answer = format!("HTTP/1.1 307 There\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n", plain.url("/"));
    let (port, authority) = secure_server_that_answers(answer).await;
    let world = World::new(&config(&format!("https://localhost:{port}/"), "ca_file = \"a.pem\""));
    std::fs::write(world.dir().join("a.pem"), authority).unwrap();
    let engine = world.start().await;
    let parked = feed(&engine, |feed| matches!(feed.connection, Connection::Parked { .. })).await;
    let expected = Reason::Redirect("127.0.0.1".into());
    assert!(
        matches!(&parked.connection, Connection::Parked { reason, .. } if *reason == expected),
        "{parked:?}"
    );
    assert_eq!(plain.count(), 0);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_response_with_endless_headers_is_rejected() {
    let many: String = (0..6_000).map(|n| format!("X-{n}: a\r\n")).collect();
    let long = format!("X-Long: {}\r\n", "a".repeat(8 * 1024 * 1024));
    for headers in [many, long] {
        let answer =
            format!("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n{headers}\r\ndata: a\n\n");
        let (reason, _) = wait(Scene { answer: answer.into_bytes(), then: Then::Hold }).await;
        assert_eq!(reason, Reason::Unreadable(Fault::HeadTooLarge.with("")));
    }
}

#[tokio::test]
async fn an_id_that_is_not_a_header_value_is_stored_and_not_sent() {
    let scenes = vec![Scene::ended("id: a\u{1}b\ndata: odd\n\n"), Scene::stream("id: 2\ndata: b\n\n")];
    let mut origin = Origin::start(scenes).await;
    let world = World::at_speed(&config(&origin.url("/"), ""), 20);
    let engine = world.start().await;
    assert_eq!(data(&engine, 2).await, ["odd", "b"]);
    assert_eq!(origin.asked(2).await[1].header("last-event-id"), None);
    let all = rows(&engine, |_| true).await;
    let ids = all.iter().filter_map(|row| match &row.body {
        RowBody::Event(event) => Some(event.last_event_id.as_str()),
        _ => None,
    });
    assert_eq!(ids.collect::<Vec<_>>(), ["a\u{1}b", "2"]);
    engine.shutdown().await;
}

#[tokio::test]
async fn an_id_over_four_kib_is_ignored_and_its_event_is_stored() {
    let long = "x".repeat(4 * 1024 + 1);
    let body = format!("id: 1\ndata: a\n\nid: {long}\ndata: b\n\n");
    let mut origin = Origin::start(vec![Scene::ended(&body), Scene::stream("id: 2\ndata: c\n\n")]).await;
    let world = World::at_speed(&config(&origin.url("/"), ""), 20);
    let engine = world.start().await;
    assert_eq!(data(&engine, 3).await, ["a", "b", "c"]);
    assert_eq!(origin.asked(2).await[1].header("last-event-id"), Some("1"));
    engine.shutdown().await;
}
