//! Runs the parse cases against a client over real sockets, with the body in one chunk or in single bytes. The last
//! event ID and the reconnection time are observed from the next request: its `Last-Event-ID` and its time.

use std::time::Duration;

use bellwire_tests::support::client::{Ask, Client, End, Step};
use bellwire_tests::support::origin::{Origin, Scene, Then};
use serde::{Deserialize, Serialize};

use super::cases::{Expected, ParseCase};
use super::runner::SPEED;
use super::verdict::{Failed, Flaw, Verdict, hold};

/// How a body is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pieces {
    /// In one chunk.
    Whole,
    /// In single bytes. Each is an HTTP chunk, so that the network cannot join them.
    Bytes,
}

/// Runs the case against `client`.
pub async fn run(client: Client, case: &ParseCase, pieces: Pieces) -> Verdict {
    let mut origin = Origin::start(vec![scene(&case.bytes(), pieces)]).await;
    let seed = case.initial_last_event_id.as_deref().unwrap_or_default();
    let Heard { events, delay } = listen(client, case, &origin.url("/case"), seed).await?;
    hold(events == case.expect, Flaw::WrongEvents, || format!("{events:?}, not {:?}", case.expect))?;
    if case.action.is_some() {
        return Ok(());
    }
    let Some(delay) = delay else {
        return hold(false, Flaw::NeverReconnected, || "after the end of the body".into());
    };
    check_delay(client, case, delay)?;
    if let Some(expected) = &case.expect_last_event_id {
        let asked = origin.asked(2).await;
        let got = asked[1].header("last-event-id").unwrap_or_default();
        hold(got == expected, Flaw::WrongRequest, || format!("Last-Event-ID {got:?}, not {expected:?}"))?;
    }
    Ok(())
}

struct Heard {
    events: Vec<Expected>,
    /// The client's delay after the end of the body.
    delay: Option<Duration>,
}

/// Collects the client's steps until the second request was answered, or until the client closes as the case expects.
async fn listen(client: Client, case: &ParseCase, url: &str, seed: &str) -> Result<Heard, Failed> {
    let mut heard = Heard { events: Vec::new(), delay: None };
    let ask = Ask { url: url.to_owned(), last_event_id: seed.to_owned(), speed: SPEED, ..Ask::default() };
    let mut run = client.start(ask);
    loop {
        match run.next().await {
            Ok(Step::Event(event)) if heard.delay.is_none() => {
                heard.events.push(event);
                if case.action.is_some() {
                    break;
                }
            }
            Ok(Step::Waits(delay)) if heard.delay.is_none() => heard.delay = Some(delay),
            Ok(Step::Open { .. }) if heard.delay.is_some() => break,
            Ok(Step::Parks(_) | Step::Rests) | Err(End::Done) => break,
            Ok(_) => {}
            Err(End::Panicked) => return Err(Failed::panicked()),
        }
    }
    Ok(heard)
}

fn check_delay(client: Client, case: &ParseCase, delay: Duration) -> Verdict {
    match case.expect_retry_ms {
        None => Ok(()),
        Some(None) => {
            let own = client.own_delay(!case.expect.is_empty());
            hold(delay == own, Flaw::WrongDelay, || format!("took {delay:?}"))
        }
        Some(Some(ms)) => {
            let least = Duration::from_millis(ms).max(client.least_retry());
            let is_so = (least..=least.mul_f64(1.25)).contains(&delay);
            hold(is_so, Flaw::WrongDelay, || format!("{delay:?}, not {least:?}"))
        }
    }
}

fn scene(body: &[u8], pieces: Pieces) -> Scene {
    let is_whole = pieces == Pieces::Whole;
    let framing = if is_whole { "X-Pieces: one" } else { "Transfer-Encoding: chunked" };
    let mut scene = Scene::status(200, &["Content-Type: text/event-stream", framing]);
    match pieces {
        Pieces::Whole => scene.answer.extend_from_slice(body),
        Pieces::Bytes => {
            for byte in body {
                scene.answer.extend_from_slice(&[b'1', b'\r', b'\n', *byte, b'\r', b'\n']);
            }
            scene.answer.extend_from_slice(b"0\r\n\r\n");
        }
    }
    scene.then = Then::Close;
    scene
}
