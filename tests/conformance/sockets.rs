//! The cases that need a connection, against the real subscription over real sockets.
//!
//! Where a receiver that runs for months does better than a page, the deviation stands in [`deviation`] with its
//! reason, and the test holds it to that reason.

use std::collections::BTreeMap;
use std::time::Duration;

use bellwire_engine::config::feed_url;
use bellwire_engine::feed::{Incoming, Signal, Spec, Subscribed};
use bellwire_tests::support::origin::{Asked, Origin, Scene, Then};
use bellwire_tests::support::world::World;
use serde::Deserialize;

use super::cases::{Expected, Kind, socket_cases};

/// How many times as fast the clock of a case runs.
const SPEED: u32 = 20;
/// How long a case may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A case with connections. A field that is not named here is an error.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SocketCase {
    name: String,
    kind: Kind,
    #[serde(default)]
    connections: Vec<Connection>,
    status: Option<u16>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: String,
    expect_request: Option<ExpectedRequest>,
    expect: Vec<Expected>,
    expect_state: Option<String>,
    expect_lifecycle: Option<Vec<String>>,
    expect_reconnect_ms: Option<u64>,
    expect_origin: Option<String>,
    request_path: Option<String>,

    /// The delay of the answer: the case cancels before it comes.
    #[serde(rename = "response_delay_ms")]
    response_delay_ms: Option<u64>,
    #[serde(rename = "tolerance")]
    _tolerance: Option<f64>,
    #[serde(rename = "end")]
    _end: Option<String>,
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "notes")]
    _notes: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Connection {
    expect_request: Option<ExpectedRequest>,
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
    #[serde(rename = "end")]
    _end: String,
    #[serde(rename = "notes")]
    _notes: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedRequest {
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    absent_headers: Vec<String>,
}

/// What the receiver does otherwise than a page, and why.
#[derive(Debug, PartialEq, Eq)]
enum Deviation {
    /// 503 passes: a page gives up and a person reloads it; nobody reloads a receiver.
    RetriesPassingStatus,
    /// A page has a mode without cookies; a receiver always keeps them between reconnects, for sticky load
    /// balancers.
    KeepsCookies,
    /// A reconnection time under 250 ms is not taken: `retry: 0` must not hammer a server.
    ClampsRetry,
}

fn deviation(case: &SocketCase) -> Option<Deviation> {
    match case.name.as_str() {
        "eventsource/request-status-error.window.js: 503" => Some(Deviation::RetriesPassingStatus),
        "eventsource/request-credentials.window.js: withCredentials false"
        | "eventsource/request-credentials.window.js: default" => Some(Deviation::KeepsCookies),
        _ if case.expect_reconnect_ms.is_some_and(|ms| ms < 250) => Some(Deviation::ClampsRetry),
        _ => None,
    }
}

#[tokio::test]
async fn every_case_with_a_connection_holds() {
    let cases = socket_cases();
    let count = |kind| cases.iter().filter(|case| case.kind == kind).count();
    assert_eq!((count(Kind::Http), count(Kind::Reconnect), count(Kind::ClientApi)), (20, 22, 8));
    for case in &cases {
        match tokio::time::timeout(PATIENCE, run(case)).await {
            Ok(()) => {}
            Err(_) => panic!("{}: did not come to its end", case.name),
        }
    }
}

async fn run(case: &SocketCase) {
    let is_address = case.status.is_none() || case.body.contains("data") || case.kind == Kind::Http;
    if case.kind == Kind::ClientApi && !is_address {
        let address = case.request_path.as_deref().unwrap();
        assert!(feed_url(address).is_err(), "{}: {address} is refused before anything is asked", case.name);
        return;
    }
    let scenes = scenes(case);
    let planned = scenes.len();
    let mut origin = Origin::start(scenes).await;
    let mut heard = listen(case, &origin, planned).await;
    if case.expect_state.as_deref() == Some("closed-by-user") {
        assert!(heard.events.is_empty(), "{}: nothing is delivered after a close", case.name);
        return;
    }
    let asked = origin.asked(heard.connections).await;
    check_requests(case, &asked);
    heard.events.truncate(case.expect.len().max(1));
    let events: Vec<Expected> = heard.events;
    assert_eq!(events, case.expect, "{}", case.name);
    check_state(case, &heard.states);
    check_delay(case, &heard.delays);
    if case.expect_origin.is_some() {
        assert_eq!(heard.origin.as_deref(), Some(origin.url("").as_str()), "{}", case.name);
    }
}

/// What came out of a subscription.
#[derive(Default)]
struct Heard {
    events: Vec<Expected>,
    states: Vec<&'static str>,
    delays: Vec<Duration>,
    origin: Option<String>,
    connections: usize,
}

/// Listens until everything expected came, or the subscription rests.
async fn listen(case: &SocketCase, origin: &Origin, planned: usize) -> Heard {
    let world = World::at_speed("", SPEED);
    let spec = Spec::at(origin.url("/case").parse().unwrap());
    let closes = case.expect_state.as_deref() == Some("closed-by-user");
    let mut subscribed = Subscribed::start(spec, world.ports());
    let mut heard = Heard::default();
    while let Some(signal) = subscribed.next().await {
        match signal {
            Signal::Connecting { .. } => {
                heard.connections += 1;
                if closes && case.response_delay_ms.is_some() {
                    break;
                }
            }
            Signal::Open { url, .. } => {
                heard.states.push("open");
                heard.origin = Some(url.origin().ascii_serialization());
                if closes {
                    break;
                }
            }
            Signal::Items { items, .. } => {
                for item in items {
                    if let Incoming::Event(event) = item {
                        heard.states.push("message");
                        let (event_type, data, id) = (event.event_type, event.data, event.last_event_id);
                        heard.events.push(Expected { event_type, data, id });
                    }
                }
            }
            Signal::Waiting { delay, .. } => {
                heard.states.push("error/CONNECTING");
                heard.delays.push(delay);
                let is_passing = deviation(case) == Some(Deviation::RetriesPassingStatus);
                if heard.events.len() >= case.expect.len() && (heard.connections >= planned || is_passing) {
                    break;
                }
            }
            Signal::Parked { .. } | Signal::Ended { .. } => {
                heard.states.push("error/CLOSED");
                break;
            }
            Signal::Slow { .. } | Signal::Bytes(_) => {}
        }
    }
    heard
}

fn scenes(case: &SocketCase) -> Vec<Scene> {
    if case.response_delay_ms.is_some() {
        return vec![Scene::silence()];
    }
    if case.connections.is_empty() {
        return vec![scene(case.status.unwrap_or(200), &case.headers, &case.body)];
    }
    case.connections.iter().map(|c| scene(c.status, &c.headers, &c.body)).collect()
}

fn scene(status: u16, headers: &BTreeMap<String, String>, body: &str) -> Scene {
    let lines: Vec<String> = headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.replace("<ident>", "ident")))
        .collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let mut scene = Scene::status(status, &lines);
    scene.answer.extend_from_slice(body.as_bytes());
    scene.then = Then::Close;
    scene
}

fn check_requests(case: &SocketCase, asked: &[Asked]) {
    let of_case = case.expect_request.iter().map(|expected| (0, expected));
    let of_connections =
        case.connections.iter().enumerate().filter_map(|(n, c)| Some((n, c.expect_request.as_ref()?)));
    for (n, expected) in of_case.chain(of_connections) {
        for (name, value) in &expected.headers {
            assert_eq!(asked[n].header(name), Some(value.as_str()), "{}, request {n}: {name}", case.name);
        }
        for name in &expected.absent_headers {
            assert_eq!(asked[n].header(name), None, "{}, request {n}: {name}", case.name);
        }
    }
    let sets_cookie = case.connections.first().is_some_and(|c| c.headers.contains_key("set-cookie"));
    if sets_cookie && asked.len() > 1 {
        assert!(asked[1].header("cookie").is_some(), "{}: cookies are kept between reconnects", case.name);
    }
}

fn check_state(case: &SocketCase, states: &[&'static str]) {
    let deviation = deviation(case);
    match case.expect_state.as_deref() {
        Some("open") => assert_eq!(states.first(), Some(&"open"), "{}", case.name),
        Some("failed-permanently") if deviation == Some(Deviation::RetriesPassingStatus) => {
            assert_eq!(states, ["error/CONNECTING"], "{}", case.name);
        }
        Some("failed-permanently") => assert_eq!(states.last(), Some(&"error/CLOSED"), "{}", case.name),
        None => {}
        Some(other) => panic!("{}: unknown state {other}", case.name),
    }
    if let Some(expected) = &case.expect_lifecycle {
        // A page that ends with CLOSED says first that it reconnects; the receiver says each once.
        assert_eq!(&states[..expected.len().min(states.len())], expected.as_slice(), "{}", case.name);
    }
}

fn check_delay(case: &SocketCase, delays: &[Duration]) {
    let Some(expected) = case.expect_reconnect_ms else { return };
    let least = Duration::from_millis(expected.max(250));
    let most = least.mul_f64(1.25);
    assert!(!delays.is_empty() && (least..=most).contains(&delays[0]), "{}: {delays:?}", case.name);
}
