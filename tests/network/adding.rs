//! Feeds that the command line adds: what it sees of them, and the rules that it writes.

use std::process::Stdio;

use bellwire_tests::support::origin::{Origin, Scene, Then};
use bellwire_tests::support::programs;
use bellwire_tests::support::ticker::Ticker;
use bellwire_tests::support::world::World;

use crate::tls::secure_server_that_answers;

/// Runs the command line. Returns its exit code, its output and its messages.
pub async fn bellwire(world: &World, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = tokio::process::Command::new(programs::command_line());
    command.arg("--home").arg(world.dir()).args(arguments).stdin(Stdio::null()).kill_on_drop(true);
    let output = command.output().await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

const MIXED: &str = "event: stream-open\ndata: {}\n\n\
                     id: 1\nevent: quote\ndata: a\n\n\
                     id: 2\nevent: outage\ndata: b\n\n\
                     id: 3\nevent: quote\ndata: c\n\n\
                     id: 4\ndata: d\n\n";

#[tokio::test]
async fn feed_add_writes_and_prints_what_the_check_proposes() {
    let origin = Origin::start(vec![Scene::ended(MIXED)]).await;
    let world = World::new("");
    let (code, id, messages) = bellwire(&world, &["feed", "add", &origin.url("/"), "--id", "mixed"]).await;
    assert_eq!((code, id.as_str()), (Some(0), "mixed\n"));
    assert!(!world.config().contains("rule"), "{}", world.config());
    for line in [
        "stream-open: it looks like a control event; only logged",
        "outage: seen once; it notifies",
        "quote: 2 events, all as the stream opened; it notifies",
        "unnamed messages: 1 event; only logged",
        "the events have ids to resume from",
    ] {
        assert!(messages.lines().any(|message| message == line), "{messages}");
    }
    assert_eq!(bellwire(&world, &["check"]).await.0, Some(0), "the file is valid");
}

#[tokio::test]
async fn feed_add_notifies_about_what_was_asked_for() {
    let origin = Origin::start(vec![Scene::ended(MIXED)]).await;
    let world = World::new("");
    let notify = ["--notify", "quote", "--notify", "message", "--notify", "storm"];
    let url = origin.url("/");
    let arguments = [["feed", "add", &url].as_slice(), &notify].concat();
    let (code, _, messages) = bellwire(&world, &arguments).await;
    assert_eq!(code, Some(0));
    assert!(
        messages.lines().any(|line| line.starts_with("quote: ") && line.ends_with("as asked")),
        "{messages}"
    );
    let rules = "[[feed.rule]]\nname = \"notify\"\nevent = \"message\"\nnotify = true\n";
    assert!(world.config().ends_with(rules), "{}", world.config());
}

#[tokio::test]
async fn feed_add_of_a_server_that_is_down_adds_it_and_prints_the_reason() {
    let world = World::new("");
    let (code, id, messages) =
        bellwire(&world, &["feed", "add", "http://127.0.0.1:1/x?token=s3cret", "--id", "down"]).await;
    assert_eq!((code, id.as_str()), (Some(0), "down\n"));
    assert!(messages.contains("http://127.0.0.1:1/x: connection refused"), "{messages}");
    assert!(messages.contains("the named ones notify") && !messages.contains("s3cret"), "{messages}");
    assert!(!world.config().contains("rule"), "{}", world.config());
    let (code, _, messages) =
        bellwire(&world, &["feed", "add", "http://127.0.0.1:1/y", "--id", "down"]).await;
    assert_eq!(code, Some(2));
    assert!(
        !messages.contains("watching"),
        "an id that is taken is reported before anything else: {messages}"
    );
}

/// An answer that is a page for people.
fn page() -> Scene {
    let answer = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\n<p/>";
    Scene { answer: answer.into(), then: Then::Close }
}

#[tokio::test]
async fn feed_add_and_feed_test_name_the_page_that_a_captive_portal_redirects_to() {
    let portal = Origin::start(vec![page()]).await;
    for (path, message) in [
        ("/welcome?mac=1", "redirected to localhost, which sent a page and not an event stream"),
        ("/sign-in?mac=1", "not signed in: redirected to the page localhost/sign-in"),
    ] {
        let to_portal = format!("Location: http://localhost:{}{path}", portal.port());
        let origin = Origin::start(vec![Scene::status(302, &[&to_portal])]).await;
        let world = World::new("");
        let url = origin.url("/x");
        let added = bellwire(&world, &["feed", "add", &url]).await.2;
        world.write_config(&format!("[[feed]]\nid = \"f\"\nurl = \"{url}\"\n"));
        let tested = bellwire(&world, &["feed", "test", "f"]).await.2;
        for messages in [added, tested] {
            assert!(messages.contains(message) && messages.contains("with a browser"), "{messages}");
            assert!(!messages.contains("mac=1"), "{messages}");
        }
    }
}

#[tokio::test]
async fn feed_add_of_an_address_that_is_no_stream_adds_nothing_unless_asked_to() {
    let cases = [
        (Scene::status(404, &[]), 1, "nothing at this address (404)"),
        (Scene::status(400, &[]), 1, "unexpected status 400"),
        (page(), 4, "not an event stream: text/html"),
        (Scene::status(302, &["Location: /again"]), 1, "the redirects lead in a circle, to 127.0.0.1/again"),
        (Scene::status(401, &[]), 3, "not signed in (401)"),
        (Scene::status(204, &[]), 1, "204 No Content"),
    ];
    for (scene, expected, message) in cases {
        let origin = Origin::start(vec![scene]).await;
        let world = World::new("");
        let url = origin.url("/x");
        let (code, id, messages) = bellwire(&world, &["feed", "add", &url]).await;
        assert_eq!((code, id.as_str(), world.config().as_str()), (Some(expected), "", ""), "{messages}");
        assert!(messages.contains(&format!("bellwire: {url}: {message}")), "{messages}");
        assert!(messages.contains("The feed was not added; --no-check adds it all the same."), "{messages}");
        let (code, ..) = bellwire(&world, &["feed", "add", &url, "--no-check"]).await;
        assert_eq!(code, Some(0), "{message}");
    }
}

#[tokio::test]
async fn feed_add_of_a_server_without_a_trusted_certificate_says_so_in_peoples_words() {
    let (port, _) = secure_server_that_answers(String::new()).await;
    let world = World::new("");
    let url = format!("https://localhost:{port}/x");
    let (code, _, messages) = bellwire(&world, &["feed", "add", &url]).await;
    assert_eq!((code, world.config().as_str()), (Some(1), ""), "{messages}");
    let why =
        "no secure connection: the certificate is not signed by an authority that this computer trusts. ";
    assert!(messages.contains(&format!("bellwire: {url}: {why}")), "{messages}");
    assert!(messages.contains("ca_file") && !messages.contains("UnknownIssuer"), "{messages}");
}

#[tokio::test]
async fn feed_add_of_a_server_that_is_busy_adds_the_feed() {
    for status in [429, 500, 503] {
        let origin = Origin::start(vec![Scene::status(status, &[])]).await;
        let world = World::new("");
        let (code, _, messages) = bellwire(&world, &["feed", "add", &origin.url("/x")]).await;
        assert_eq!(code, Some(0), "{messages}");
        assert!(
            messages.contains(&format!("status {status}\nadded all the same, and tried again")),
            "{messages}"
        );
    }
}

#[tokio::test]
async fn feed_add_without_a_check_connects_to_nothing() {
    let origin = Origin::start(vec![Scene::stream(MIXED)]).await;
    let world = World::new("");
    assert_eq!(bellwire(&world, &["feed", "add", &origin.url("/a"), "--no-check"]).await.0, Some(0));
    assert!(!world.config().contains("rule"), "{}", world.config());
    assert_eq!(bellwire(&world, &["feed", "add", &origin.url("/b"), "--log-only"]).await.0, Some(0));
    let rule = "[[feed.rule]]\nname = \"log only\"\nnotify = false\n";
    assert!(world.config().ends_with(rule), "{}", world.config());
    assert_eq!(origin.count(), 0);
}

#[tokio::test]
async fn feed_add_says_what_the_new_feed_exposes_and_what_it_repeats() {
    let world = World::new("");
    let add = |options: &[&'static str]| [&["feed", "add", "--no-check"], options].concat();
    let (code, _, messages) = bellwire(&world, &add(&["https://a.example/s?Api-Key=hunter2"])).await;
    assert_eq!(code, Some(0), "{messages}");
    assert!(messages.contains("--auth-query Api-Key NAME keep it in the keychain"), "{messages}");
    assert!(!messages.contains("hunter2"), "{messages}");
    let (_, _, messages) = bellwire(&world, &add(&["http://a.example/s", "--bearer", "ops"])).await;
    assert!(messages.contains("its secret is not sent over plain http"), "{messages}");
    let (_, id, messages) = bellwire(&world, &add(&["http://a.example/s?page=2&key="])).await;
    assert_eq!(messages, "", "nothing is exposed");
    let (_, _, messages) = bellwire(&world, &add(&["http://a.example/s?page=2&key="])).await;
    assert!(messages.contains(&format!("the feed {} has the same address", id.trim())), "{messages}");
}

#[tokio::test]
async fn feed_test_counts_the_events_by_type_and_adds_nothing() {
    let origin = Origin::start(vec![Scene::ended(MIXED)]).await;
    let world = World::new("");
    let (code, _, messages) = bellwire(&world, &["feed", "test", &origin.url("/")]).await;
    assert_eq!(code, Some(0), "{messages}");
    for start in [
        "first event: stream-open",
        "5 events in ",
        "stream-open: 1 event; it looks like a control event",
        "quote: 2 events, ",
        "outage: 1 event",
        "unnamed messages: 1 event",
        "the events have ids to resume from",
    ] {
        assert!(messages.lines().any(|message| message.starts_with(start)), "{start}: {messages}");
    }
    assert_eq!(world.config(), "");
}

#[tokio::test]
async fn feed_test_of_a_stream_that_ends_without_an_event_fails() {
    let origin = Origin::start(vec![Scene::ended(": hello\n\n")]).await;
    let (code, _, messages) = bellwire(&World::new(""), &["feed", "test", &origin.url("/")]).await;
    assert_eq!(code, Some(1));
    assert!(messages.contains("stream ended"), "{messages}");
}

#[tokio::test]
async fn a_feed_of_five_quotes_a_second_added_on_the_command_line_does_not_notify_about_them() {
    let ticker = Ticker::start().await;
    let world = World::new("");
    let (code, _, messages) = bellwire(&world, &["feed", "add", &ticker.url()]).await;
    assert_eq!(code, Some(0), "{messages}");
    assert!(messages.contains("quote: 21 events, "), "twenty after the first: {messages}");
    let rules = "[[feed.rule]]\nname = \"log only\"\nevent = \"quote\"\nnotify = false\n";
    assert!(world.config().ends_with(rules), "{}", world.config());
    let engine = world.start().await;
    assert!(world.ledger.shown(1).await[0].title.ends_with("outage"));
    engine.shutdown().await;
    assert_eq!(world.ledger.count(), 1);
}

#[tokio::test]
async fn feed_add_writes_each_form_of_signing_in_with_the_names_of_its_secrets() {
    let world = World::new("");
    let add = ["feed", "add", "http://127.0.0.1:1/s", "--no-check", "--id"];
    let forms =
        ["--bearer", "a", "--auth-query", "key", "b", "--auth-cookie", "c", "d", "--auth-header", "X-E", "f"];
    let (code, ..) = bellwire(&world, &[add.as_slice(), &["several"], &forms].concat()).await;
    assert_eq!(code, Some(0));
    let auth = "auth = [{ type = \"bearer\", secret = \"a\" }, { type = \"header\", name = \"X-E\", secret = \"f\" }, \
                { type = \"query\", name = \"key\", secret = \"b\" }, { type = \"cookie\", name = \"c\", secret = \"d\" }]";
    assert!(world.config().contains(auth), "{}", world.config());
    let (code, ..) = bellwire(&world, &[add.as_slice(), &["one", "--auth-cookie", "c", "d"]].concat()).await;
    assert_eq!(code, Some(0));
    assert!(
        world.config().contains("auth = { type = \"cookie\", name = \"c\", secret = \"d\" }"),
        "{}",
        world.config()
    );
    let before = world.config();
    for (wrong, message) in [
        (
            ["--bearer", "a", "--auth-header", "Authorization", "b"].as_slice(),
            "two parts of auth set the header authorization",
        ),
        (["--auth-header", "Host", "a"].as_slice(), "Bellwire sets host itself"),
    ] {
        let (code, _, messages) = bellwire(&world, &[add.as_slice(), &["wrong"], wrong].concat()).await;
        assert!(code == Some(2) && messages.contains(message), "{messages}");
    }
    assert_eq!(world.config(), before);
    assert_eq!(bellwire(&world, &["check"]).await.0, Some(0), "the file is valid");
}

#[tokio::test(flavor = "multi_thread")]
async fn feeds_that_several_programs_add_at_the_same_time_all_get_an_id_of_their_own() {
    let mut origin = Origin::start(vec![Scene::stream("")]).await;
    let world = World::new("");
    let url = origin.url("/door");
    let add = || {
        let mut command = tokio::process::Command::new(programs::command_line());
        command.arg("--home").arg(world.dir()).args(["feed", "add", &url]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command.spawn().unwrap()
    };
    let programs = [add(), add(), add()];
    // Each has read the file, and now watches what the feed sends.
    origin.asked(programs.len()).await;
    origin.send("event: open\ndata: a\n\n");
    origin.cut();
    let mut ids = Vec::new();
    for program in programs {
        let output = program.wait_with_output().await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        ids.push(String::from_utf8(output.stdout).unwrap());
    }
    ids.sort();
    assert_eq!(ids.len(), 3);
    for id in &ids {
        assert!(world.config().contains(&format!("id = \"{}\"\n", id.trim_end())), "{}", world.config());
    }
    ids.dedup();
    assert_eq!(ids.len(), 3, "{ids:?}");
}
