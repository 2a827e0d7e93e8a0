//! A limit on the size of files, which grows from home to home, so that every write of the log fails once.
#![expect(clippy::expect_used, reason = "test code: an expectation that fails is a failed test")]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use bellwire_tests::support::history::History;
use bellwire_tests::support::receiver::Receiver;
use bellwire_tests::support::torture::ledgers::{Ledgers, Log};
use bellwire_tests::support::{programs, wait};
use rustix::process::Signal;
use tempfile::TempDir;

/// The unit of the limit, in bytes: that of `ulimit -f` in a POSIX shell. A page of the log has eight of them.
const BLOCK: u32 = 512;
/// The difference between the limits of two homes, in blocks. It is not a multiple of a page, so that writes also
/// fail within pages.
const STRIDE: usize = 13;
/// A limit, in blocks, that no log here reaches.
const ENOUGH: u32 = 4_000;

const EVENTS: usize = 40;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wherever_a_write_fails_the_log_stays_intact_and_with_room_stores_every_event_once() {
    let history = History::start(b"retry: 250\n\n").await;
    for n in 0..EVENTS {
        history.publish_text(&n.to_string(), "tick", &"x".repeat(1_500));
    }
    let sent: Vec<String> = history.ledger().into_iter().map(|event| event.id).collect();
    let (mut refusals, mut clean) = (0, 0);
    for blocks in (1..ENOUGH).step_by(STRIDE) {
        let home = TempDir::new().unwrap();
        let config = format!("[[feed]]\nid = \"f\"\nurl = \"http://{}/\"\n", history.address());
        std::fs::write(home.path().join("config.toml"), config).unwrap();
        let log = Log(home.path());
        let is_refused = receive_until_refused(home.path(), blocks, &log).await;
        let stored = log.stored("f");
        assert_eq!(stored, sent[..stored.len()], "at {blocks} blocks: what is there is a beginning");
        match is_refused {
            true => refusals += 1,
            false => clean += 1,
        }
        let mut receiver = start(home.path(), ENOUGH);
        let is_all = async || (log.count(None) >= EVENTS).then_some(());
        // Whatever is still missing after the timeout is found by the comparison.
        let _ = wait::within(wait::LIMIT, is_all).await;
        receiver.end(Signal::TERM, wait::LIMIT).await.expect("it ends when asked");
        let mut ledgers = Ledgers { integrity: log.integrity(), ..Ledgers::default() };
        ledgers.add_feed(&sent, &log.stored("f"));
        assert!(ledgers.agree(), "at {} bytes: {ledgers:#?}", blocks * BLOCK);
        if clean == 2 {
            break;
        }
    }
    assert!(refusals > 5, "the limit was met {refusals} times");
    assert_eq!(clean, 2, "beyond some limit nothing fails");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_that_could_not_create_its_log_leaves_no_file_that_looks_damaged() {
    let history = History::start(b"").await;
    history.publish_text("1", "tick", "one");
    let home = TempDir::new().unwrap();
    let config = format!("[[feed]]\nid = \"f\"\nurl = \"http://{}/\"\n", history.address());
    std::fs::write(home.path().join("config.toml"), config).unwrap();
    // The limit is smaller than the first page of a log.
    let mut refused = start(home.path(), 1);
    let status = refused.ended(wait::LIMIT).await.expect("it ends by itself");
    assert!(!status.success());
    let mut receiver = start(home.path(), ENOUGH);
    let log = Log(home.path());
    wait::until("the event in the log", async || (log.count(None) == 1).then_some(())).await;
    let word = std::fs::read_to_string(home.path().join("stderr")).unwrap();
    assert!(!word.contains("damaged"), "{word}");
    receiver.end(Signal::TERM, wait::LIMIT).await.expect("it ends when asked");
    let names = std::fs::read_dir(home.path()).unwrap();
    let names: Vec<_> = names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(!names.iter().any(|name| name.starts_with('.') || name.contains("damaged")), "{names:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_with_a_damaged_log_reports_it_and_receives() {
    let history = History::start(b"").await;
    history.publish_text("1", "tick", "one");
    let home = TempDir::new().unwrap();
    let config = format!("[[feed]]\nid = \"f\"\nurl = \"http://{}/\"\n", history.address());
    std::fs::write(home.path().join("config.toml"), config).unwrap();
    std::fs::write(home.path().join("bellwire.db"), "no database").unwrap();
    let mut receiver = start(home.path(), ENOUGH);
    let log = Log(home.path());
    wait::until("the event in the log", async || (log.count(None) == 1).then_some(())).await;
    let word = std::fs::read_to_string(home.path().join("stderr")).unwrap();
    assert!(word.contains("The log was damaged."), "{word}");
    receiver.end(Signal::TERM, wait::LIMIT).await.expect("it ends when asked");
}

/// Receives until a write fails or every event is stored, and kills the receiver. Returns whether a write failed.
async fn receive_until_refused(home: &Path, blocks: u32, log: &Log<'_>) -> bool {
    let mut receiver = start(home, blocks);
    let word = || std::fs::read_to_string(home.join("stderr")).unwrap_or_default();
    let refused = wait::until("the disk to refuse, or all to be there", async || {
        if log.count(None) >= EVENTS {
            return Some(false);
        }
        let has_ended = receiver.ended(Duration::ZERO).await.is_some();
        (has_ended || word().contains("Receiving waits.")).then_some(true)
    })
    .await;
    drop(receiver);
    refused
}

/// Starts `bellwire run` with a limit of `blocks` on the size of files. The signal for exceeding it (SIGXFSZ) is
/// ignored, so that the write fails as on a full disk.
fn start(home: &Path, blocks: u32) -> Receiver {
    let mut command = Command::new("sh");
    let script = "trap '' XFSZ; ulimit -f \"$1\"; exec \"$2\" run 2>\"$BELLWIRE_HOME/stderr\"";
    command.args(["-c", script, "sh", &blocks.to_string()]).arg(programs::command_line());
    command.env("BELLWIRE_HOME", home).env_remove("DBUS_SESSION_BUS_ADDRESS");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    Receiver::of(command.spawn().expect("a shell starts"))
}
