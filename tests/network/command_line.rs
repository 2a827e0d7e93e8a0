//! The command line: its options, what it prints, how it ends.

use std::fs;
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::{programs, wait};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

fn bellwire(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(programs::command_line());
    command.arg("--home").arg(home).args(arguments);
    command.env_remove("DBUS_SESSION_BUS_ADDRESS").env_remove("BELLWIRE_LOG");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

async fn output(home: &TempDir, arguments: &[&str]) -> Output {
    bellwire(home.path(), arguments).output().await.unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Starts `bellwire run` with its words in a file.
fn receiver(home: &TempDir) -> Child {
    let words = fs::File::create(words_path(home)).unwrap();
    bellwire(home.path(), &["run"]).stdout(Stdio::null()).stderr(words).spawn().unwrap()
}

fn words_path(home: &TempDir) -> std::path::PathBuf {
    home.path().join("words.log")
}

async fn words(home: &TempDir, wanted: &str) -> String {
    let words = || fs::read_to_string(words_path(home)).unwrap_or_default();
    wait::until(wanted, async || words().contains(wanted).then_some(())).await;
    words()
}

fn write_feed(home: &TempDir, url: &str) {
    fs::write(home.path().join("config.toml"), format!("[[feed]]\nid = \"ops\"\nurl = \"{url}\"\n")).unwrap();
}

/// Takes the reader of its output away, and returns how the program ends.
async fn without_reader(mut child: Child) -> Output {
    drop(child.stdout.take());
    let end = tokio::time::timeout(Duration::from_secs(20), child.wait_with_output()).await;
    end.expect("it ends although nothing arrives").unwrap()
}

#[tokio::test]
async fn a_reader_that_goes_away_ends_watch_and_log_while_nothing_arrives() {
    let mut origin = Origin::start(vec![Scene::stream("")]).await;
    let home = TempDir::new().unwrap();
    for (number, format) in ["ndjson", "text", "raw"].into_iter().enumerate() {
        let watch = ["watch", &origin.url("/"), "--format", format];
        let child = bellwire(home.path(), &watch).spawn().unwrap();
        origin.asked(number + 1).await;
        let end = without_reader(child).await;
        assert_eq!((end.status.code(), text(&end.stderr).as_str()), (Some(0), ""), "{format}");
    }
    write_feed(&home, &origin.url("/"));
    let mut receiver = receiver(&home);
    words(&home, "connected").await;
    let end = without_reader(bellwire(home.path(), &["log", "--follow"]).spawn().unwrap()).await;
    assert_eq!((end.status.code(), text(&end.stderr).as_str()), (Some(0), ""));
    receiver.kill().await.unwrap();
}

#[tokio::test]
async fn a_body_of_a_file_or_of_stdin_is_sent_as_it_is() {
    let mut origin = Origin::start(vec![Scene::stream("data: a\n\n")]).await;
    let home = TempDir::new().unwrap();
    let body = "{\"a\": 1}\r\n\n";
    let path = home.path().join("body.json");
    fs::write(&path, body).unwrap();
    let url = origin.url("/");
    let watch = ["watch", &url, "-n", "1", "--method", "POST", "--body"];
    let from_file = format!("@{}", path.display());
    assert_eq!(output(&home, &[&watch[..], &[&from_file]].concat()).await.status.code(), Some(0));
    let mut piped = bellwire(home.path(), &[&watch[..], &["@-"]].concat());
    let mut piped = piped.stdin(Stdio::piped()).spawn().unwrap();
    piped.stdin.take().unwrap().write_all(body.as_bytes()).await.unwrap();
    assert!(piped.wait().await.unwrap().success());
    assert_eq!(output(&home, &[&watch[..], &["a text\n"]].concat()).await.status.code(), Some(0));
    let bodies: Vec<String> = origin.asked(3).await.into_iter().map(|asked| asked.body).collect();
    assert_eq!(bodies, [body, body, "a text\n"]);
    let missing = output(&home, &[&watch[..], &["@/nowhere/body"]].concat()).await;
    assert_eq!(missing.status.code(), Some(2));
    assert!(text(&missing.stderr).contains("cannot read /nowhere/body for --body"));
}

#[tokio::test]
async fn an_address_without_a_scheme_is_taken_by_every_command_that_takes_one() {
    let mut origin = Origin::start(vec![Scene::stream("id: 1\ndata: a\n\n")]).await;
    let home = TempDir::new().unwrap();
    let address = format!("127.0.0.1:{}/events?token=s3cret", origin.port());
    let commands: [&[&str]; 3] = [&["watch", "-n", "1"], &["feed", "add", "--no-check"], &["feed", "test"]];
    for command in commands {
        let output = output(&home, &[command, &[&address]].concat()).await;
        let words = text(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{command:?}: {words}");
        let taken = format!("taken as http://127.0.0.1:{}/events; write https://", origin.port());
        assert!(words.contains(&taken) && !words.contains("s3cret"), "{command:?}: {words}");
    }
    let asked = origin.asked(2).await;
    assert!(asked.iter().all(|asked| asked.line == "GET /events?token=s3cret HTTP/1.1"), "{asked:?}");
    let config = fs::read_to_string(home.path().join("config.toml")).unwrap();
    assert!(config.contains(&format!("url = \"http://{address}\"")), "{config}");
    // Over TLS, which this server does not speak.
    let secure = format!("https://127.0.0.1:{}/", origin.port());
    let refused = output(&home, &["watch", &secure, "--for", "5s"]).await;
    assert!(!text(&refused.stderr).contains("taken as"));
    let host = output(&home, &["watch", "localhost"]).await;
    assert_eq!(host.status.code(), Some(2));
    assert!(text(&host.stderr).contains("write http://localhost/"), "{}", text(&host.stderr));
}

#[tokio::test]
async fn watch_with_lifecycle_prints_a_gap_line_for_a_skipped_event() {
    let body = format!("data: {}\n\n: {}\n\ndata: next\n\n", "x".repeat(2000), "c".repeat(2000));
    let origin = Origin::start(vec![Scene::stream(&body)]).await;
    let home = TempDir::new().unwrap();
    let url = origin.url("/");
    let watch = ["watch", &url, "-n", "1", "--max-event", "1000"];
    let with = output(&home, &[&watch[..], &["--lifecycle"]].concat()).await;
    let lines: Vec<Value> =
        text(&with.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<&str> = lines.iter().map(|line| line["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["open", "gap", "event"]);
    assert_eq!(lines[1]["reason"], "an event was over the size limit and was skipped");
    assert_eq!((lines[1]["from"].as_str(), lines[1].get("feed")), (lines[0]["received_at"].as_str(), None));
    assert!(lines[1]["to"].as_str() >= lines[1]["from"].as_str());
    assert!(!text(&with.stderr).contains("skipped an event"), "{}", text(&with.stderr));
    let without = output(&home, &watch).await;
    assert_eq!(text(&without.stdout).lines().count(), 1);
    assert!(text(&without.stderr).contains("skipped an event over the size limit"));
}

#[tokio::test]
async fn a_watch_that_never_connected_does_not_succeed_when_its_time_is_over() {
    let home = TempDir::new().unwrap();
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let refused = format!("http://{free}/");
    let silent = Origin::start(vec![Scene::silence()]).await;
    let cases = [
        (refused.clone(), "--for", "connection refused"),
        (refused.clone(), "--idle", "connection refused"),
        (silent.url("/"), "--for", "no answer in this time"),
    ];
    for (url, option, reason) in cases {
        let output = output(&home, &["watch", &url, option, "700ms"]).await;
        assert_eq!(output.status.code(), Some(1), "{url} {option}");
        let words = text(&output.stderr);
        assert!(words.contains(&format!("bellwire: {url}: {reason}")), "{words}");
    }
    let counted = output(&home, &["watch", &refused, "--for", "300ms", "-n", "1"]).await;
    assert_eq!(counted.status.code(), Some(5));
    let open = Origin::start(vec![Scene::ended("data: a\n\n")]).await;
    let connected = output(&home, &["watch", &open.url("/"), "--for", "700ms"]).await;
    assert_eq!(connected.status.code(), Some(0), "{}", text(&connected.stderr));
}

#[tokio::test]
async fn a_configuration_error_is_printed_once_at_the_start_and_while_running() {
    let home = TempDir::new().unwrap();
    let config = home.path().join("config.toml");
    fs::write(&config, "[[feed]]\nid = \"A\"\nurl = \"https://a.example/\"\n").unwrap();
    let start = text(&output(&home, &["run"]).await.stderr);
    assert_eq!(start.matches("line 2, column 6").count(), 1, "{start}");
    fs::write(&config, "version = 1\n").unwrap();
    let mut receiver = receiver(&home);
    words(&home, "receiving 0 feeds").await;
    fs::write(&config, "[[feed]]\nid = \"A\"\nurl = \"https://a.example/\"\n").unwrap();
    words(&home, "The last good configuration stays in force").await;
    fs::write(&config, "version = 1\n").unwrap();
    let words = words(&home, "the problem is solved").await;
    assert_eq!(words.matches("line 2, column 6").count(), 1, "{words}");
    receiver.kill().await.unwrap();
}

#[tokio::test]
async fn run_says_each_connection_once_and_its_times_do_not_go_back() {
    let known = "id: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 3\ndata: c\n\n";
    let first = Scene::stream(&format!("retry: 250\n{known}"));
    let mut origin = Origin::start(vec![first, Scene::stream("")]).await;
    let home = TempDir::new().unwrap();
    write_feed(&home, &origin.url("/"));
    let mut receiver = receiver(&home);
    words(&home, "connected").await;
    origin.asked(1).await;
    wait::until("the events", async || stored(&home).await.contains("\"data\":\"c\"").then_some(())).await;
    origin.cut();
    words(&home, "resume asked").await;
    origin.send("retry: 300\n\n");
    words(&home, "retry set to 0.3 s").await;
    origin.send(known);
    let words = words(&home, "3 repeated events left out").await;
    receiver.kill().await.unwrap();
    assert_eq!(words.matches("connected, 200").count(), 2, "{words}");
    let times: Vec<&str> =
        words.lines().filter(|line| line.contains("  ops  ")).map(|line| &line[..12]).collect();
    assert!(times.len() >= 4 && times.is_sorted(), "{words}");
}

async fn stored(home: &TempDir) -> String {
    text(&output(home, &["log"]).await.stdout)
}
