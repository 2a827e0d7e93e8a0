//! Mixed faults: runs a receiver repeatedly, with the faults of a plan.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::outcome::Outcome;
use super::plan::{Daemon, End, Life, Network};
use super::stage::{Load, Stage};
use crate::support::proxy::Fault;
use crate::support::receiver::Receiver;
use crate::support::wait;

/// The maximum time from a request to end until the end.
pub const ENDING: Duration = Duration::from_secs(2);
/// The maximum time from SIGCONT until every feed is connected.
pub const WAKING: Duration = Duration::from_secs(5);

/// The timeout for the first row of a run, which then continues without it.
const FIRST_ROW: Duration = Duration::from_secs(3);

/// Carries out a plan.
pub async fn run(lives: &[Life], load: Load) -> Outcome {
    let stage = Stage::start(load).await;
    let mut outcome = Outcome::default();
    for (n, life) in lives.iter().enumerate() {
        live(&stage, life, n, &mut outcome).await;
    }
    outcome.ledgers = stage.settle().await;
    outcome
}

async fn live(stage: &Stage, life: &Life, n: usize, outcome: &mut Outcome) {
    disturb(stage, &life.network, outcome);
    set_daemon(stage, life.daemon[0], outcome).await;
    let before = stage.log().newest(None);
    let mut receiver = stage.receive();
    let _ = stage.row_after(before, FIRST_ROW).await;
    if let Network::Restart(feed, time) = life.network {
        outcome.count("origin restarted");
        let history = Arc::clone(&stage.feeds[feed].history);
        history.go_away();
        tokio::spawn(async move {
            tokio::time::sleep(time).await;
            history.come_back();
        });
    }
    tokio::time::sleep(life.lasts / 2).await;
    set_daemon(stage, life.daemon[1], outcome).await;
    if let Some(time) = life.stopped {
        outcome.count("stopped and continued");
        match stop_for(stage, &receiver, time).await {
            Some(took) => outcome.slowest_waking = outcome.slowest_waking.max(took),
            None => {
                outcome.broken.push(format!("life {n}: not connected {} s after waking", WAKING.as_secs()))
            }
        }
    }
    tokio::time::sleep(life.lasts / 2).await;
    end(&mut receiver, life.end, n, outcome).await;
    for feed in &stage.feeds {
        feed.proxy.heal();
        feed.history.come_back();
    }
}

/// Stops the receiver and cuts its connections, continues it, and returns the time until every feed has connected
/// again; `None` if they did not within [`WAKING`].
pub async fn stop_for(stage: &Stage, receiver: &Receiver, time: Duration) -> Option<Duration> {
    receiver.stop();
    let before: Vec<usize> = stage.feeds.iter().map(|feed| feed.history.connections()).collect();
    for feed in &stage.feeds {
        feed.proxy.cut_all();
    }
    tokio::time::sleep(time).await;
    receiver.resume();
    let start = Instant::now();
    let all_connected = async || {
        let mut feeds = stage.feeds.iter().zip(&before);
        feeds.all(|(feed, before)| feed.history.connections() > *before).then_some(())
    };
    wait::within(WAKING, all_connected).await?;
    Some(start.elapsed())
}

fn disturb(stage: &Stage, network: &Network, outcome: &mut Outcome) {
    match network {
        Network::Calm | Network::Restart(..) => {}
        Network::Faults(lists) => {
            for (feed, faults) in stage.feeds.iter().zip(lists) {
                faults.iter().for_each(|fault| outcome.count(name(*fault)));
                feed.proxy.plan(faults);
            }
        }
        Network::Refused(feed, time) => {
            outcome.count("connections refused");
            let (proxy, time) = (Arc::clone(&stage.feeds[*feed].proxy), *time);
            proxy.set_open(false);
            tokio::spawn(async move {
                tokio::time::sleep(time).await;
                proxy.set_open(true);
            });
        }
        Network::Status(feed, statuses) => {
            statuses.iter().for_each(|_| outcome.count("429 or 5xx with Retry-After"));
            stage.feeds[*feed].history.refuse_next(statuses);
        }
    }
}

async fn set_daemon(stage: &Stage, daemon: Daemon, outcome: &mut Outcome) {
    stage.daemon.come_back().await;
    match daemon {
        Daemon::Well => {}
        Daemon::Gone => {
            outcome.count("notification daemon gone");
            stage.daemon.go_away().await;
        }
        Daemon::Hanging => {
            outcome.count("notification daemon hanging");
            stage.daemon.hang();
        }
    }
}

async fn end(receiver: &mut Receiver, end: End, n: usize, outcome: &mut Outcome) {
    let (signal, code, name) = match end {
        End::Kill => {
            outcome.count_death("killed: among other faults");
            receiver.kill();
            return;
        }
        End::Terminate => (Signal::TERM, 0, "asked to end (SIGTERM)"),
        End::Interrupt => (Signal::INT, 130, "interrupted (SIGINT)"),
    };
    outcome.count(name);
    match receiver.end(signal, ENDING).await {
        Some((status, took)) => {
            outcome.slowest_end = outcome.slowest_end.max(took);
            if status.code() != Some(code) {
                outcome.broken.push(format!("life {n}: {name} it ended with {status}"));
            }
        }
        None => {
            outcome.broken.push(format!("life {n}: {name} it had not ended after {} s", ENDING.as_secs()));
            receiver.kill();
        }
    }
}

fn name(fault: Fault) -> &'static str {
    match fault {
        Fault::None => "left alone",
        Fault::Cut(_) => "connection cut",
        Fault::Reset(_) => "connection reset",
        Fault::Silence(_) => "connection silent",
        Fault::Fragments => "connection in single bytes",
        Fault::Delay(_) => "connection delayed",
    }
}
