//! The command line with real servers: output, exit codes, and kills.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Output, Stdio};

use bellwire_tests::support::nchan::Nchan;
use bellwire_tests::support::node::NodeServer;
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::{programs, wait};
use serde_json::Value;
use tempfile::TempDir;

fn bellwire(home: &TempDir, args: &[&str]) -> Command {
    let mut command = Command::new(programs::command_line());
    command.args(args).env("BELLWIRE_HOME", home.path()).env_remove("DBUS_SESSION_BUS_ADDRESS");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

async fn run(home: &TempDir, args: &[&str]) -> Output {
    let mut command = bellwire(home, args);
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn receiver(home: &TempDir) -> Child {
    bellwire(home, &["run"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Returns the data of all stored events.
async fn logged(home: &TempDir) -> Vec<String> {
    let output = run(home, &["log", "--format", "ndjson"]).await;
    let events = lines(&output).into_iter().filter(|line| line["kind"] == "event");
    events.map(|line| line["data"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn watch_prints_one_object_per_line_and_ends_at_the_count() {
    let server = NodeServer::start("clock-stream.mjs", &[0]);
    let home = TempDir::new().unwrap();
    let output = run(&home, &["watch", &server.url("/stream"), "-n", "2", "--lifecycle"]).await;
    assert_eq!(output.status.code(), Some(0));
    let lines = lines(&output);
    let kinds: Vec<&str> = lines.iter().map(|line| line["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["open", "retry", "event", "event"]);
    assert_eq!(lines[1]["ms"], 10_000);
    assert_eq!(
        (lines[2]["event"].as_str(), lines[3]["event"].as_str()),
        (Some("connecttime"), Some("message"))
    );
    assert!(lines[2].get("seq").is_none() && lines[2].get("feed").is_none());
    assert!(std::fs::read_dir(home.path()).unwrap().next().is_none(), "watch stores nothing");
}

#[tokio::test]
async fn watch_exits_with_the_documented_codes() {
    let home = TempDir::new().unwrap();
    let cases = [
        (Scene::status(204, &[]), 1),
        (Scene::status(404, &[]), 1),
        (Scene::status(401, &[]), 3),
        (Scene::status(403, &[]), 3),
        (Scene::status(200, &["Content-Type: text/html"]), 4),
    ];
    for (scene, code) in cases {
        let origin = Origin::start(vec![scene.clone()]).await;
        let output = run(&home, &["watch", &origin.url("/")]).await;
        assert_eq!(output.status.code(), Some(code), "{scene:?}");
        assert!(!output.stderr.is_empty(), "it prints the reason");
    }
    let origin = Origin::start(vec![Scene::stream("data: a\n\n")]).await;
    let output = run(&home, &["watch", &origin.url("/"), "-n", "2", "--for", "300ms"]).await;
    assert_eq!(output.status.code(), Some(5));
    assert_eq!(run(&home, &["watch", &origin.url("/"), "--idle", "300ms"]).await.status.code(), Some(0));
    assert_eq!(run(&home, &["watch", "nofeed"]).await.status.code(), Some(2));
    assert_eq!(run(&home, &["watch", "http://u:p@127.0.0.1/"]).await.status.code(), Some(2));
}

#[tokio::test]
async fn watch_retries_temporary_failures() {
    let scenes = vec![
        Scene::status(503, &[]),
        Scene::ended("retry: 250\nid: 7\ndata: a\n\n"),
        Scene::stream("data: b\n\n"),
    ];
    let mut origin = Origin::start(scenes).await;
    let home = TempDir::new().unwrap();
    let output = run(&home, &["watch", &origin.url("/"), "-n", "2", "--retry", "250ms"]).await;
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(origin.asked(3).await[2].header("last-event-id"), Some("7"));
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(words.contains("status 503") && words.contains("stream ended"), "it prints the reason: {words}");
}

#[tokio::test]
async fn a_closed_pipe_ends_the_program_without_an_error() {
    let server = NodeServer::start("server-time.mjs", &[0]);
    let home = TempDir::new().unwrap();
    let mut child = bellwire(&home, &["watch", &server.url("/events")]).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains("The server time is: "));
    let output = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap()).await.unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test]
async fn check_reports_every_problem_and_feeds_are_added_and_removed() {
    let home = TempDir::new().unwrap();
    std::fs::write(home.path().join("config.toml"), "[[feed]]\nid = \"A\"\nurl = \"x\"\n").unwrap();
    let output = run(&home, &["check"]).await;
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("config.toml:2:6: ") && text.contains("config.toml:3:7: "), "{text}");
    std::fs::remove_file(home.path().join("config.toml")).unwrap();

    let added = run(&home, &["feed", "add", "http://127.0.0.1:1/x", "--name", "Door sensors"]).await;
    assert_eq!(String::from_utf8(added.stdout).unwrap(), "door-sensors\n");
    let list = run(&home, &["feed", "list"]).await;
    assert_eq!(
        String::from_utf8(list.stdout).unwrap(),
        "door-sensors\ton\thttp://127.0.0.1:1/x\tDoor sensors\n"
    );
    assert_eq!(run(&home, &["feed", "remove", "door-sensors"]).await.status.code(), Some(0));
    assert_eq!(run(&home, &["feed", "remove", "door-sensors"]).await.status.code(), Some(2));
    assert_eq!(run(&home, &["check"]).await.status.code(), Some(0));
}

#[tokio::test]
async fn a_second_receiver_exits_with_an_error_and_readers_work_alongside_the_first() {
    let nchan = Nchan::start();
    let home = TempDir::new().unwrap();
    run(&home, &["feed", "add", &nchan.url("ops"), "--id", "ops", "--no-check"]).await;
    let mut first = receiver(&home);
    nchan.publish("ops", Some("alert"), "one");
    wait::until("the event in the log", async || (logged(&home).await == ["one"]).then_some(())).await;
    let second = run(&home, &["run"]).await;
    assert_eq!(second.status.code(), Some(2));
    assert!(String::from_utf8(second.stderr).unwrap().contains("another Bellwire receives"));
    let output = run(&home, &["log", "--event", "alert", "--limit", "1"]).await;
    let line = &lines(&output)[0];
    assert_eq!((line["feed"].as_str(), line["data"].as_str()), (Some("ops"), Some("one")));
    assert_eq!(line["decision"]["outcome"], "notified");
    first.kill().unwrap();
    first.wait().unwrap();
}

#[tokio::test]
async fn log_finds_text_in_any_language_and_prints_the_newest_matches_oldest_first() {
    let nchan = Nchan::start();
    let home = TempDir::new().unwrap();
    run(&home, &["feed", "add", &nchan.url("ops"), "--id", "ops", "--no-check"]).await;
    let mut receiver = receiver(&home);
    let sent = ["数据库故障 1", "all is well", "网络故障 2", "Fan ERROR 3", "故障 4"];
    for text in sent {
        nchan.publish("ops", None, text);
    }
    wait::until("all of it in the log", async || (logged(&home).await == sent).then_some(())).await;
    let found = async |options: &[&str]| {
        let all = [&["log", "--format", "ndjson"], options].concat();
        let output = run(&home, &all).await;
        lines(&output).iter().map(|line| line["data"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found(&["--search", "故障"]).await, ["数据库故障 1", "网络故障 2", "故障 4"]);
    assert_eq!(found(&["--search", "故障", "--limit", "2"]).await, ["网络故障 2", "故障 4"]);
    assert_eq!(
        found(&["--search", "故障", "--after", "0", "--limit", "2"]).await,
        ["数据库故障 1", "网络故障 2"]
    );
    assert_eq!(found(&["--search", "fan error"]).await, ["Fan ERROR 3"]);
    assert!(found(&["--search", "nothing of the kind"]).await.is_empty());
    receiver.kill().unwrap();
    receiver.wait().unwrap();
}

#[tokio::test]
async fn log_follows_what_another_process_receives() {
    let nchan = Nchan::start();
    let home = TempDir::new().unwrap();
    run(&home, &["feed", "add", &nchan.url("ops"), "--id", "ops", "--no-check"]).await;
    let mut first = receiver(&home);
    nchan.publish("ops", None, "before");
    wait::until("the event in the log", async || (logged(&home).await == ["before"]).then_some(())).await;
    let mut follower = bellwire(&home, &["log", "--follow", "--event", "message"]).spawn().unwrap();
    let mut reader = BufReader::new(follower.stdout.take().unwrap());
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    assert!(line.contains("before"));
    nchan.publish("ops", None, "after");
    line.clear();
    reader.read_line(&mut line).unwrap();
    assert!(line.contains("after"), "{line}");
    for child in [&mut follower, &mut first] {
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

#[tokio::test]
async fn kills_in_a_burst_lose_no_event_and_repeat_no_notification() {
    let nchan = Nchan::start();
    let home = TempDir::new().unwrap();
    run(&home, &["feed", "add", &nchan.url("ops"), "--id", "ops", "--log-only"]).await;
    let mut expected: Vec<String> = Vec::new();
    for round in 0..5 {
        let mut child = receiver(&home);
        for n in 0..40 {
            let text = format!("round {round} message {n}");
            nchan.publish("ops", Some("alert"), &text);
            expected.push(text);
        }
        // Each round is killed at another point of the burst.
        let at_least = round * 40 + 3 + round * 7;
        wait::until("some of the burst in the log", async || {
            (logged(&home).await.len() >= at_least).then_some(())
        })
        .await;
        child.kill().unwrap();
        child.wait().unwrap();
        std::io::stderr().flush().unwrap();
    }
    let mut child = receiver(&home);
    let all = wait::until("all of it in the log", async || {
        let logged = logged(&home).await;
        (logged.len() >= expected.len()).then_some(logged)
    })
    .await;
    assert_eq!(all, expected);
    child.kill().unwrap();
    child.wait().unwrap();
}

#[tokio::test]
async fn a_broken_configuration_does_not_start_a_receiver() {
    let home = TempDir::new().unwrap();
    std::fs::write(home.path().join("config.toml"), "colour = 1\n").unwrap();
    let output = run(&home, &["run"]).await;
    let words = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{words}");
    assert!(words.contains("line 1, column 1") && words.contains("Nothing is received"), "{words}");
}

#[tokio::test]
async fn an_output_on_a_full_disk_is_an_error_and_a_count_of_0_is_rejected() {
    let origin = Origin::start(vec![Scene::stream("data: a\n\n")]).await;
    let home = TempDir::new().unwrap();
    let mut command = bellwire(&home, &["watch", &origin.url("/"), "-n", "1"]);
    command.stdout(std::fs::File::create("/dev/full").unwrap());
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(run(&home, &["watch", &origin.url("/"), "-n", "0"]).await.status.code(), Some(2));
}
