//! Simultaneous starts, and the signals SIGTERM, SIGINT, SIGSTOP and SIGCONT.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "test code: an expectation that fails is a failed test"
)]

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use bellwire_tests::support::history::History;
use bellwire_tests::support::receiver::Receiver;
use bellwire_tests::support::torture::ledgers::{Ledgers, Log};
use bellwire_tests::support::torture::mixed::{ENDING, stop_for};
use bellwire_tests::support::torture::stage::{Load, Stage};
use bellwire_tests::support::{programs, wait};
use rustix::process::Signal;
use tempfile::TempDir;

/// The number of simultaneous starts.
const STARTS: usize = 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_simultaneous_starts_one_receives_and_the_others_exit_with_an_error() {
    let history = History::start(b"").await;
    let home = TempDir::new().unwrap();
    let config = format!("[[feed]]\nid = \"f\"\nurl = \"http://{}/\"\n", history.address());
    std::fs::write(home.path().join("config.toml"), config).unwrap();
    let mut racing: Vec<Child> = (0..STARTS).map(|_| start(&home)).collect();
    let mut ended = Vec::new();
    while ended.len() < STARTS - 1 {
        let next = wait::until("all but one to end", async || {
            racing.iter_mut().position(|child| child.try_wait().unwrap().is_some())
        });
        let at = next.await;
        ended.push(racing.swap_remove(at).wait_with_output().unwrap());
    }
    for output in &ended {
        let word = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{word}");
        assert!(word.contains("another Bellwire receives for this home"), "{word}");
    }
    history.publish_text("1", "tick", "one");
    let log = Log(home.path());
    wait::until("the event in the log", async || (log.count(None) == 1).then_some(())).await;
    assert_eq!(history.connections(), 1, "only one ever asked the server");
    let mut one = Receiver::of(racing.pop().unwrap());
    let (status, _) = one.end(Signal::TERM, wait::LIMIT).await.unwrap();
    assert_eq!(status.code(), Some(0));
}

fn start(home: &TempDir) -> Child {
    let mut command = Command::new(programs::command_line());
    command.arg("run").env("BELLWIRE_HOME", home.path()).env_remove("DBUS_SESSION_BUS_ADDRESS");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_in_a_burst_ends_the_receiver_within_two_seconds_and_loses_no_event() {
    let ledgers = ended_in_a_burst(Signal::TERM, 0).await;
    assert!(ledgers.agree() && ledgers.repeated == 0, "{ledgers:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigint_in_a_burst_ends_the_receiver_within_two_seconds_and_loses_no_event() {
    let ledgers = ended_in_a_burst(Signal::INT, 130).await;
    assert!(ledgers.agree() && ledgers.repeated == 0, "{ledgers:#?}");
}

/// Ends a receiver three times during a burst.
async fn ended_in_a_burst(signal: Signal, code: i32) -> Ledgers {
    let stage = Stage::start(Load { feeds: 1, rate: 5_000, alert_every: 250 }).await;
    for _ in 0..3 {
        let before = stage.log().newest(None);
        let mut receiver = stage.receive();
        stage.row_after(before, wait::LIMIT).await.expect("a row after the start");
        let (status, _) = receiver.end(signal, ENDING).await.expect("it ends within two seconds");
        assert_eq!(status.code(), Some(code));
    }
    stage.settle().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_ends_the_receiver_within_two_seconds_while_the_notification_service_hangs() {
    let stage = Stage::start(Load { feeds: 1, rate: 500, alert_every: 10 }).await;
    stage.daemon.hang();
    let mut receiver = stage.receive();
    stage.row_after(0, wait::LIMIT).await.expect("a row after the start");
    stage.daemon.wait_for_unanswered().await;
    let (status, _) = receiver.end(Signal::TERM, ENDING).await.expect("it ends within two seconds");
    assert_eq!(status.code(), Some(0));
    let ledgers = stage.settle().await;
    assert!(ledgers.agree() && ledgers.repeated == 0, "{ledgers:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_ends_the_receiver_within_two_seconds_while_hundreds_of_notifications_wait() {
    let stage = Stage::start(Load { feeds: 1, rate: 200, alert_every: 1 }).await;
    stage.daemon.go_away().await;
    let mut receiver = stage.receive();
    wait::until("a backlog", async || (stage.log().count(None) >= 800).then_some(())).await;
    receiver.end(Signal::TERM, wait::LIMIT).await.expect("it ends when asked");
    stage.daemon.come_back().await;
    let mut receiver = stage.receive();
    stage.daemon.wait_for("the first of them", |_| true).await;
    let (status, _) = receiver.end(Signal::TERM, ENDING).await.expect("it ends within two seconds");
    assert_eq!(status.code(), Some(0));
    assert!(stage.daemon.calls().len() < 700, "most still wait: {}", stage.daemon.calls().len());
    let ledgers = stage.settle().await;
    assert!(ledgers.agree() && ledgers.repeated == 0, "{ledgers:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_ends_the_receiver_within_two_seconds_while_a_long_history_is_replayed() {
    let history = History::start(b"").await;
    for n in 0..150_000 {
        history.publish_text(&n.to_string(), "tick", "one of many");
    }
    let home = TempDir::new().unwrap();
    let config = format!(
        "[[feed]]\nid = \"f\"\nurl = \"http://{}/\"\n[[feed.rule]]\nnotify = false\n",
        history.address()
    );
    std::fs::write(home.path().join("config.toml"), config).unwrap();
    let mut child = start(&home);
    child.stderr = None;
    let mut receiver = Receiver::of(child);
    let log = Log(home.path());
    wait::until("it to be in the middle of it", async || (log.count(None) > 20_000).then_some(())).await;
    let before = log.count(None);
    let (status, _) = receiver.end(Signal::TERM, ENDING).await.expect("it ends within two seconds");
    assert_eq!(status.code(), Some(0));
    let stored = log.stored("f");
    // At most the queue, the group that was being written, and what waited for the queue, however slow the machine is.
    let written = stored.len() - before;
    assert!(written <= 3 * 4_096, "{written} more rows were written before the end");
    assert!(stored.iter().enumerate().all(|(n, id)| n.to_string() == *id), "a beginning, without a hole");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_during_the_start_ends_the_receiver_cleanly() {
    for _ in 0..10 {
        let home = TempDir::new().unwrap();
        std::fs::write(home.path().join("config.toml"), "").unwrap();
        let mut child = start(&home);
        let lock = home.path().join("run/lock");
        // Checked without a pause, because the moment is short.
        let locked = async {
            while !lock.exists() {
                tokio::task::yield_now().await
            }
        };
        tokio::time::timeout(wait::LIMIT, locked).await.expect("the start takes its lock");
        // Its error output is not read.
        child.stderr = None;
        let (status, _) = Receiver::of(child).end(Signal::TERM, wait::LIMIT).await.unwrap();
        assert_eq!(status.code(), Some(0), "{status}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_receiver_with_cut_connections_reconnects_within_five_seconds_after_sigcont() {
    let stage = Stage::start(Load { feeds: 2, rate: 200, alert_every: 50 }).await;
    let mut receiver = stage.receive();
    for feed in &stage.feeds {
        let has_rows = async || (stage.log().newest(Some(&feed.name)) > 0).then_some(());
        wait::until("a row of each feed", has_rows).await;
    }
    let took = stop_for(&stage, &receiver, Duration::from_secs(3)).await;
    assert!(took.is_some(), "every feed is connected again within five seconds");
    receiver.end(Signal::TERM, wait::LIMIT).await.expect("it ends when asked");
    let ledgers = stage.settle().await;
    assert!(ledgers.agree() && ledgers.repeated == 0, "{ledgers:#?}");
}
