//! Compares Bellwire's connection with reqwest-eventsource in one run, and shows why it is not used.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bellwire_tests::support::client::{Ask, Client, End, Step};
use bellwire_tests::support::origin::{Origin, Scene, Then};

use crate::decoding;
use crate::machine::{self, MIB, peak_resident, resident};

/// The maximum time for which a client is observed.
const WATCH: Duration = Duration::from_secs(3);
/// The timeout of the line for the measurement of memory.
const LINE_WATCH: Duration = Duration::from_secs(30);
const LINE_MIB: usize = 256;

const BOTH: [Client; 2] = [Client::Bellwire, Client::Peer];

/// The peer's failures on record in the conformance suite.
const RECORD: &str = include_str!("../conformance/peer.json");

/// Runs `peer`: all parts of the comparison.
pub async fn run() {
    println!("## Compared with reqwest-eventsource 0.6.0\n");
    println!("One run on {}, load average {}.\n", machine::name(), machine::load());
    println!("| | Bellwire | reqwest-eventsource | ratio |\n|---|---|---|---|");
    conformance();
    for body in decoding::bodies() {
        let (ours, peer) = (body.ours(), body.peer());
        let ratio = peer.as_secs_f64() / ours.as_secs_f64();
        println!("| decoding {} | {} | {} | {ratio:.1} |", body.name, time(ours), time(peer));
    }
    let [ours, peer] = BOTH.map(memory);
    println!("| memory that a line of {LINE_MIB} MiB takes | {ours} | {peer} | |");
    let [ours, peer] = [hammering(BOTH[0]).await, hammering(BOTH[1]).await];
    println!("| requests in 0.5 s after `retry: 0` | {ours} | {peer} | {:.0} |", peer as f64 / ours as f64);
    row("a byte order mark at the start", mark).await;
    row("events of three after a byte of invalid UTF-8, stream open", invalid).await;
    row("`Last-Event-ID` after an `id:` block without data", id_alone).await;
    row("`Last-Event-ID` after a reconnect brought an event without an id", id_kept).await;
    row("`Last-Event-ID` where no id ever came", no_id).await;
    row("`X-Api-Key` at another host, after a redirect", |client| redirected(client, "x-api-key")).await;
    row("`Authorization` at another host, after a redirect", |client| redirected(client, "authorization"))
        .await;
    for status in [204, 404, 429, 500, 503] {
        row(&format!("status {status}"), |client| answered(client, status)).await;
    }
}

/// Runs `peer-part bellwire|peer`: the memory of one client, in its own process.
pub async fn part(words: &[String]) {
    let client =
        if words.first().is_some_and(|word| word == "peer") { Client::Peer } else { Client::Bellwire };
    let taken = Arc::new(AtomicUsize::new(0));
    let url = line_server(Arc::clone(&taken));
    let before = resident();
    let start = Instant::now();
    let mut run = client.start(Ask { url, ..Ask::default() });
    let event = async {
        loop {
            match run.next().await {
                Ok(Step::Event(_)) => return "the event after it came",
                Ok(_) => {}
                Err(End::Panicked) => return "panicked",
                Err(End::Done) => return "ended",
            }
        }
    };
    let end = tokio::time::timeout(LINE_WATCH, event).await.unwrap_or("not at its end");
    println!(
        "{:.0} MiB; {} MiB read in {:.1} s, {end}",
        (peak_resident() - before) as f64 / MIB as f64,
        taken.load(Ordering::Relaxed),
        start.elapsed().as_secs_f64()
    );
    // A client that computes without a pause would keep the program from ending.
    std::process::exit(0);
}

fn conformance() {
    let record: serde_json::Value = serde_json::from_str(RECORD).expect("the record");
    let cases = record["parse"].as_u64().unwrap_or(0) + record["sockets"].as_u64().unwrap_or(0);
    let flaws = record["flaws"].as_object().map_or(0, serde_json::Map::len) as u64;
    println!(
        "| conformance cases over sockets that hold, as `tests/conformance` has it | {cases} of {cases} | {} of {cases} | |",
        cases - flaws
    );
}

async fn row<F: Future<Output = String>>(what: &str, measure: impl Fn(Client) -> F) {
    println!("| {what} | {} | {} | |", measure(BOTH[0]).await, measure(BOTH[1]).await);
}

fn memory(client: Client) -> String {
    let own_path = std::env::current_exe().expect("a running program has a path");
    let name = if client == Client::Peer { "peer" } else { "bellwire" };
    let output = Command::new(own_path).args(["peer-part", name]).stdin(Stdio::null()).output();
    String::from_utf8_lossy(&output.expect("the part runs").stdout).trim().to_owned()
}

/// Starts a server that sends one line of [`LINE_MIB`] and then an event, and counts the MiB that were read.
fn line_server(taken: Arc<AtomicUsize>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let piece = vec![b'x'; MIB];
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept()?;
        if stream.read(&mut [0; 4096])? == 0 {
            return Ok(());
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n: ")?;
        for _ in 0..LINE_MIB {
            stream.write_all(&piece)?;
            taken.fetch_add(1, Ordering::Relaxed);
        }
        stream.write_all(b"\n\ndata: after\n\n")?;
        std::thread::sleep(LINE_WATCH);
        std::io::Result::Ok(())
    });
    url
}

async fn hammering(client: Client) -> usize {
    let origin = Origin::start(vec![Scene::ended("retry: 0\ndata: x\n\n")]).await;
    let mut run = client.start(Ask { url: origin.url("/"), ..Ask::default() });
    let listening = async { while run.next().await.is_ok() {} };
    // The result does not matter: only the requests within half a second count.
    let _ = tokio::time::timeout(Duration::from_millis(500), listening).await;
    origin.count()
}

async fn mark(client: Client) -> String {
    let origin = Origin::start(vec![Scene::stream("\u{feff}data: x\n\n")]).await;
    // The panic is the result, so its trace is not printed.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let heard = watch(client, &origin, 1).await;
    std::panic::set_hook(hook);
    match heard {
        Heard { panicked: true, .. } => "panics".into(),
        Heard { events: 1, .. } => "skipped, the event comes".into(),
        heard => format!("{heard:?}"),
    }
}

async fn invalid(client: Client) -> String {
    let mut scene = Scene::stream("");
    scene.answer.extend_from_slice(b"data: a\xffb\n\ndata: second\n\ndata: third\n\n");
    let origin = Origin::start(vec![scene]).await;
    format!("{} within {} s", watch(client, &origin, 3).await.events, WATCH.as_secs())
}

async fn id_alone(client: Client) -> String {
    sent_ids(client, vec![Scene::ended("id: 7\n\n"), Scene::stream("")]).await
}

async fn id_kept(client: Client) -> String {
    let scenes = [Scene::ended("id: 7\ndata: x\n\n"), Scene::ended("data: y\n\n"), Scene::stream("")];
    sent_ids(client, scenes.into()).await
}

async fn no_id(client: Client) -> String {
    sent_ids(client, vec![Scene::ended("data: x\n\n"), Scene::stream("")]).await
}

/// Returns the `Last-Event-ID` of the last request.
async fn sent_ids(client: Client, scenes: Vec<Scene>) -> String {
    let requests = scenes.len();
    let mut origin = Origin::start(scenes).await;
    let _run = listen_on(client.start(Ask { url: origin.url("/"), ..Ask::default() }));
    let asked = tokio::time::timeout(WATCH * 3, origin.asked(requests)).await;
    let Ok(asked) = asked else { return "no further request".into() };
    match asked[requests - 1].header("last-event-id").map(str::trim) {
        None => "absent".into(),
        Some("") => "sent, empty".into(),
        Some(id) => format!("`{id}`"),
    }
}

async fn redirected(client: Client, name: &'static str) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.2:0").await.expect("a second loopback address");
    let other = listener.local_addr().expect("an address");
    let mut elsewhere = Origin::on(listener, vec![Scene::stream("")]);
    let location = format!("Location: http://{other}/");
    let origin = Origin::start(vec![Scene::status(302, &[&location])]).await;
    let ask = Ask { url: origin.url("/"), headers: vec![(name, "the-secret")], ..Ask::default() };
    let _run = listen_on(client.start(ask));
    let asked = tokio::time::timeout(WATCH, elsewhere.asked(1)).await;
    match asked.map(|asked| asked[0].header(name).is_some()) {
        Ok(true) => "sent".into(),
        Ok(false) => "withheld".into(),
        Err(_) => "not followed".into(),
    }
}

async fn answered(client: Client, status: u16) -> String {
    let mut scene = Scene::status(status, &["Content-Type: text/event-stream"]);
    scene.then = Then::Close;
    let origin = Origin::start(vec![scene]).await;
    let mut run = client.start(Ask { url: origin.url("/"), ..Ask::default() });
    loop {
        match run.next().await {
            Ok(Step::Waits(delay)) => return format!("retries after {:.1} s", delay.as_secs_f64()),
            Ok(Step::Parks(delay)) => {
                return format!("shows the reason, retries after {:.0} s", delay.as_secs_f64());
            }
            Ok(Step::Rests) => return "ends".into(),
            Ok(_) => {}
            Err(end) => return format!("{end:?}"),
        }
    }
}

/// The steps within [`WATCH`].
#[derive(Debug, Default)]
struct Heard {
    events: usize,
    panicked: bool,
}

async fn watch(client: Client, origin: &Origin, enough: usize) -> Heard {
    let mut run = client.start(Ask { url: origin.url("/"), ..Ask::default() });
    let mut heard = Heard::default();
    let listening = async {
        while heard.events < enough {
            match run.next().await {
                Ok(step) => heard.events += usize::from(matches!(step, Step::Event(_))),
                Err(end) => {
                    heard.panicked = end == End::Panicked;
                    return;
                }
            }
        }
    };
    // The steps until the timeout are the result.
    let _ = tokio::time::timeout(WATCH, listening).await;
    heard
}

/// Runs a client until the task is dropped.
fn listen_on(mut run: bellwire_tests::support::client::Run) -> tokio::task::JoinSet<()> {
    let mut task = tokio::task::JoinSet::new();
    task.spawn(async move { while run.next().await.is_ok() {} });
    task
}

fn time(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1e3;
    if ms < 10.0 { format!("{ms:.2} ms") } else { format!("{ms:.0} ms") }
}
