//! `cargo xtask bench`: measures figures, each in its own process. It reports them without asserting anything.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool prints its output")]
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a figure that cannot be measured ends the program with the reason"
)]
#![allow(clippy::disallowed_methods, reason = "figures are taken by the real clock")]

mod arrivals;
mod beside;
mod decoding;
mod feeds;
mod line;
mod machine;
mod notify;
mod peer;
mod peer_log;
mod polled;
mod receiver;
mod report;
mod sender;
mod store;
mod words;

use std::process::ExitCode;

use feeds::Load;

const MANY: Load =
    Load { title: "A thousand feeds", feeds: 1000, rate: 50.0, seconds: 120, heartbeat: 15, alert_every: 0 };
const BURST: Load = Load {
    title: "Ten thousand events a second",
    feeds: 50,
    rate: 10_000.0,
    seconds: 60,
    heartbeat: 15,
    alert_every: 0,
};
const STEADY: Load = Load {
    title: "Fifty feeds of twenty events a second",
    feeds: 50,
    rate: 1000.0,
    seconds: 60,
    heartbeat: 15,
    alert_every: 50,
};

#[tokio::main]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (figure, settings) = words.split_first().map_or(("all", &words[..]), |(first, rest)| (first, rest));
    match figure {
        "line" => line::run(settings).await,
        "feeds" => MANY.run(settings).await,
        "burst" => BURST.run(settings).await,
        "steady" => STEADY.run(settings).await,
        "load" => beside::load(settings),
        "bulk" => beside::bulk(settings),
        "notify" => notify::run(settings).await,
        "arrivals" => arrivals::run(settings),
        "polled" => polled::run(settings).await,
        "store" => store::run(settings).await,
        "peer" => peer::run().await,
        "peer-part" => peer::part(settings).await,
        "peer-log" => peer_log::run(settings).await,
        "send" => sender::send(settings).await,
        _ => return report::all(&words),
    }
    ExitCode::SUCCESS
}
