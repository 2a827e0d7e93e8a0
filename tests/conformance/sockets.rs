//! Runs the cases that need a connection against a client over real sockets.
//!
//! A receiver that runs for months deviates from the standard in three points. [`deviation`] lists them with their
//! reasons, and Bellwire must behave accordingly; a peer must follow the standard.

use std::collections::BTreeMap;
use std::time::Duration;

use bellwire_tests::support::client::{Ask, Client, End, Step};
use bellwire_tests::support::origin::{Asked, Origin, Scene, Then};
use serde::Deserialize;

use super::cases::{Expected, Kind};
use super::runner::SPEED;
use super::verdict::{Failed, Flaw, Verdict, fail, hold};

/// A case with connections. An unknown field is an error.
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

    /// The delay of the response, in milliseconds: the case cancels before it arrives.
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

/// A deviation of the receiver from the standard, with its reason.
#[derive(Debug, PartialEq, Eq)]
enum Deviation {
    /// 503 is retried. A page gives up and a person reloads it; nobody reloads a receiver.
    RetriesPassingStatus,
    /// Cookies are always kept between reconnects, for load balancers with sticky sessions. A page has a mode
    /// without cookies.
    KeepsCookies,
    /// A reconnection time below 250 ms is clamped, so that `retry: 0` does not overload a server.
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

impl SocketCase {
    /// Returns the case's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns what the case needs in order to run.
    pub fn kind(&self) -> Kind {
        self.kind
    }
}

/// Runs the case against `client`.
pub async fn run(client: Client, case: &SocketCase) -> Verdict {
    let is_address = case.status.is_none() || case.body.contains("data") || case.kind == Kind::Http;
    if case.kind == Kind::ClientApi && !is_address {
        let address = case.request_path.as_deref().unwrap();
        return hold(client.refuses(address).await, Flaw::WrongState, || format!("{address} is not refused"));
    }
    let scenes = scenes(case);
    let planned = scenes.len();
    let mut origin = Origin::start(scenes).await;
    let mut heard = listen(client, case, &origin, planned).await?;
    if case.expect_state.as_deref() == Some("closed-by-user") {
        return hold(heard.events.is_empty(), Flaw::WrongEvents, || "delivered after a close".into());
    }
    heard.events.truncate(case.expect.len().max(1));
    if heard.events != case.expect {
        return fail(Flaw::WrongEvents, format!("{:?}, not {:?}", heard.events, case.expect));
    }
    if heard.connections < planned {
        return fail(Flaw::NeverReconnected, format!("{} of {planned} requests", heard.connections));
    }
    let asked = origin.asked(heard.connections).await;
    check_requests(client, case, &asked)?;
    check_state(client, case, &heard.states)?;
    check_delay(client, case, &heard.delays)?;
    if case.expect_origin.is_some() {
        let expected = origin.url("");
        return hold(heard.origin.as_deref() == Some(&expected), Flaw::Untold, || {
            format!("origin {:?}, not {expected}", heard.origin)
        });
    }
    Ok(())
}

/// What a client reported.
#[derive(Default)]
struct Heard {
    events: Vec<Expected>,
    states: Vec<&'static str>,
    delays: Vec<Duration>,
    origin: Option<String>,
    connections: usize,
}

/// Collects the client's steps until everything expected has arrived, or the client stops retrying.
async fn listen(client: Client, case: &SocketCase, origin: &Origin, planned: usize) -> Result<Heard, Failed> {
    let closes = case.expect_state.as_deref() == Some("closed-by-user");
    let mut run = client.start(Ask { url: origin.url("/case"), speed: SPEED, ..Ask::default() });
    let mut heard = Heard::default();
    loop {
        match run.next().await {
            Ok(Step::Asks) => {
                heard.connections += 1;
                if closes && case.response_delay_ms.is_some() {
                    break;
                }
            }
            Ok(Step::Open { origin }) => {
                heard.states.push("open");
                heard.origin = origin;
                if closes {
                    break;
                }
            }
            Ok(Step::Event(event)) => {
                heard.states.push("message");
                heard.events.push(event);
            }
            Ok(Step::Waits(delay)) => {
                heard.states.push("error/CONNECTING");
                heard.delays.push(delay);
                let is_complete = heard.events.len() >= case.expect.len() && heard.connections >= planned;
                if is_complete || heard.connections > planned {
                    break;
                }
            }
            Ok(Step::Parks(_) | Step::Rests) => {
                heard.states.push("error/CLOSED");
                break;
            }
            Err(End::Panicked) => return Err(Failed::panicked()),
            Err(End::Done) => break,
        }
    }
    Ok(heard)
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

fn check_requests(client: Client, case: &SocketCase, asked: &[Asked]) -> Verdict {
    let of_case = case.expect_request.iter().map(|expected| (0, expected));
    let of_connections =
        case.connections.iter().enumerate().filter_map(|(n, c)| Some((n, c.expect_request.as_ref()?)));
    for (n, expected) in of_case.chain(of_connections) {
        for (name, value) in &expected.headers {
            let got = asked[n].header(name);
            hold(got == Some(value), Flaw::WrongRequest, || format!("request {n}, {name}: {got:?}"))?;
        }
        for name in &expected.absent_headers {
            let got = asked[n].header(name);
            hold(got.is_none(), Flaw::WrongRequest, || format!("request {n}, {name}: {got:?}"))?;
        }
    }
    let sets_cookie = case.connections.first().is_some_and(|c| c.headers.contains_key("set-cookie"));
    if client == Client::Bellwire && sets_cookie && asked.len() > 1 {
        let is_kept = asked[1].header("cookie").is_some();
        return hold(is_kept, Flaw::WrongRequest, || "cookies are kept between reconnects".into());
    }
    Ok(())
}

fn check_state(client: Client, case: &SocketCase, states: &[&'static str]) -> Verdict {
    let deviation = deviation(case).filter(|_| client == Client::Bellwire);
    let is_so = match case.expect_state.as_deref() {
        Some("open") => states.first() == Some(&"open"),
        Some("failed-permanently") if deviation == Some(Deviation::RetriesPassingStatus) => {
            states == ["error/CONNECTING"]
        }
        Some("failed-permanently") => states.last() == Some(&"error/CLOSED"),
        None => true,
        Some(other) => panic!("{}: unknown state {other}", case.name),
    };
    hold(is_so, Flaw::WrongState, || format!("{states:?}, not {:?}", case.expect_state))?;
    let Some(expected) = &case.expect_lifecycle else { return Ok(()) };
    // A page that ends with CLOSED first reports that it reconnects; a client reports each state once.
    let so_far = &states[..expected.len().min(states.len())];
    hold(so_far == expected.as_slice(), Flaw::WrongState, || format!("{so_far:?}, not {expected:?}"))
}

fn check_delay(client: Client, case: &SocketCase, delays: &[Duration]) -> Verdict {
    let Some(expected) = case.expect_reconnect_ms else { return Ok(()) };
    let least = Duration::from_millis(expected).max(client.least_retry());
    let most = least.mul_f64(1.25);
    let is_so = delays.first().is_some_and(|delay| (least..=most).contains(delay));
    hold(is_so, Flaw::WrongDelay, || format!("{delays:?}, not {least:?}"))
}
