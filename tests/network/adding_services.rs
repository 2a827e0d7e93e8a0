//! Feeds of known services that the command line adds.

use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::world::World;
use serde_json::Value;

use crate::adding::bellwire;

const UNI_SSE: &str = "data: {\"connect\":{\"client\":\"1\"}}\n\ndata: {\"channel\":\"news\",\"pub\":{\"data\":{}}}\n\n\
                       data: {\"channel\":\"news\",\"join\":{}}\n\ndata: {\"channel\":\"news\",\"join\":{}}\n\n";

/// Adds a feed with these further arguments. Returns the exit code, the messages and the configuration.
async fn add(url: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    let world = World::new("# mine\nversion = 1\n");
    let arguments = [&["feed", "add", url, "--id", "news"], arguments].concat();
    let (code, id, messages) = bellwire(&world, &arguments).await;
    assert_eq!(id, if code == Some(0) { "news\n" } else { "" }, "{messages}");
    if code == Some(0) {
        assert_eq!(bellwire(&world, &["check"]).await.0, Some(0), "{}", world.config());
    }
    (code, messages, world.config())
}

#[tokio::test]
async fn feed_add_recognises_a_service_and_takes_its_rules_as_they_are() {
    let mut origin = Origin::start(vec![Scene::ended(UNI_SSE)]).await;
    let (code, messages, config) = add(&origin.url("/connection/uni_sse?cf_connect=%7B%7D"), &[]).await;
    assert_eq!(code, Some(0), "{messages}");
    let expected = [
        "recognised as Centrifugo; --preset none adds it as a plain feed",
        "Publications of the channels of a connection.",
        "pub: 1 event",
        "connect: 1 event; it looks like a control event",
    ];
    for line in expected {
        assert!(messages.lines().any(|message| message == line), "{line}: {messages}");
    }
    assert!(
        config.starts_with("# mine\n") && config.contains("control_when = \"text == '{}'\"\n"),
        "{config}"
    );
    assert_eq!(config.matches("[[feed.rule]]").count(), 3, "none was added: {config}");
    assert_eq!(origin.asked(1).await[0].line, "GET /connection/uni_sse?cf_connect=%7B%7D HTTP/1.1");
}

#[tokio::test]
async fn feed_add_without_a_preset_adds_a_known_service_as_a_plain_feed() {
    let origin = Origin::start(vec![Scene::ended(UNI_SSE)]).await;
    let (code, messages, config) = add(&origin.url("/connection/uni_sse"), &["--preset", "none"]).await;
    assert_eq!(code, Some(0), "{messages}");
    assert!(
        !messages.contains("Centrifugo") && messages.contains("unnamed messages: 4 events"),
        "{messages}"
    );
    assert!(!config.contains("event_from") && !config.contains("rule"), "{config}");
}

#[tokio::test]
async fn feed_add_with_a_named_preset_checks_the_address_that_it_gives() {
    let mut origin = Origin::start(vec![Scene::ended("data: {\"id\":\"1\"}\n\n")]).await;
    let arguments = ["--preset", "ntfy", "--set", "topic=a/b"];
    let (code, messages, config) = add(&origin.url("/?x=1"), &arguments).await;
    assert_eq!(code, Some(0), "{messages}");
    assert!(messages.contains("set up as ntfy\n"), "{messages}");
    assert!(messages.contains(&format!("its address is {}\n", origin.url("/a%2Fb/sse"))), "{messages}");
    assert!(config.contains("/a%2Fb/sse?x=1\"\n"), "{config}");
    assert_eq!(origin.asked(1).await[0].line, "GET /a%2Fb/sse?x=1 HTTP/1.1");
}

#[tokio::test]
async fn feed_add_sends_no_request_that_may_have_a_price() {
    let origin = Origin::start(vec![Scene::ended("data: [DONE]\n\n")]).await;
    let url = origin.url("/v1/chat/completions");
    let (code, messages, config) =
        add(&url, &["--preset", "openai", "--set", "prompt=Say \"hello\"", "--bearer", "ai"]).await;
    assert_eq!((code, origin.count()), (Some(0), 0), "{messages}");
    assert!(messages.contains("its request may have an effect or a price"), "{messages}");
    assert!(config.contains(r#""content": "Say \"hello\"""#), "{config}");
}

#[tokio::test]
async fn what_a_person_chooses_goes_before_the_rules_of_a_preset() {
    let url = "http://127.0.0.1:1/connection/uni_sse";
    let (_, messages, config) = add(url, &["--no-check", "--notify", "join"]).await;
    let first = config.find("name = \"notify\"\nevent = \"join\"\nnotify = true\n").expect(&config);
    assert!(first < config.find("name = \"publications\"").unwrap(), "{config}");
    assert!(!messages.contains("watching"), "{messages}");
    let (_, _, config) = add(url, &["--log-only"]).await;
    assert!(config.contains("control_when") && config.matches("[[feed.rule]]").count() == 1, "{config}");
    assert!(config.ends_with("name = \"log only\"\nnotify = false\n"), "{config}");
}

#[tokio::test]
async fn feed_add_refuses_answers_and_presets_that_do_not_exist_before_it_connects() {
    let origin = Origin::start(vec![Scene::ended("")]).await;
    let url = origin.url("/");
    let cases: [(&[&str], &str); 8] = [
        (
            &["--preset", "nfty"],
            "there is no preset named \"nfty\"; did you mean ntfy? The names are ably, alpaca, ",
        ),
        (&["--preset", "ntfy", "--set", "topic="], "needs an answer: Topic; add --set topic=…"),
        (&["--preset", "ntfy", "--set", "topics=a"], "for \"topics\"; did you mean topic? It asks for topic"),
        (&["--preset", "ntfy", "--set", "subject=a"], "does not ask for \"subject\"; it asks for topic"),
        (&["--preset", "ntfy", "--set", "topic=a", "--set", "topic=b"], "--set topic=… is given twice"),
        (&["--set", "topic=a"], "no preset recognises the address"),
        (
            &["--preset", "none", "--set", "topic=a"],
            "--preset none asks for nothing, so --set topic=… has no use",
        ),
        (&["--preset", "ntfy", "--set", "topic"], "expected KEY=VALUE"),
    ];
    for (arguments, message) in cases {
        let (code, messages, config) = add(&url, arguments).await;
        assert_eq!((code, config.as_str()), (Some(2), "# mine\nversion = 1\n"), "{messages}");
        assert!(messages.contains(message), "{messages}");
    }
    assert_eq!(origin.count(), 0);
}

#[tokio::test]
async fn presets_lists_each_service_for_scripts_and_for_people() {
    let world = World::new("");
    let (code, lines, _) = bellwire(&world, &["presets"]).await;
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((code, lines.len()), (Some(0), 27));
    assert!(lines.iter().all(|line| line["kind"] == "preset" && line["about"].is_string()));
    let (code, text, _) = bellwire(&world, &["presets", "--format", "text"]).await;
    assert_eq!(code, Some(0));
    let ntfy = "ntfy\n    ntfy: Push messages of a topic, with their priority, title and link.\n    \
                --set topic=…  Topic\n    --bearer NAME  Access token, if it wants one\n";
    assert!(text.contains(ntfy), "{text}");
    let names: Vec<&str> = text.lines().filter(|line| !line.starts_with(' ')).collect();
    assert!(names.len() == 27 && names.is_sorted(), "{names:?}");
    assert!(!text.contains("SECRET"), "{text}");
}

#[tokio::test]
async fn feed_add_refuses_an_address_that_lacks_or_contradicts_what_the_service_needs() {
    let origin = Origin::start(vec![Scene::ended("")]).await;
    let cases: [(&str, &[&str], &str); 4] = [
        ("/.well-known/mercure", &[], "the preset mercure needs an answer: Topics"),
        ("/orders/_changes?feed=eventsource", &["--set", "db=stock"], "which has orders there"),
        (
            "/about",
            &["--preset", "mastodon", "--bearer", "m"],
            "/about is not a stream of Mastodon: expected /api/v1/streaming/user",
        ),
        ("/docs", &["--preset", "ntfy"], "needs an answer: Topic"),
    ];
    for (path, arguments, message) in cases {
        let (code, messages, config) = add(&origin.url(path), arguments).await;
        assert_eq!((code, config.as_str()), (Some(2), "# mine\nversion = 1\n"), "{messages}");
        assert!(messages.contains(message), "{messages}");
    }
    let (code, messages, _) = add("https://ntfy.sh/docs/", &[]).await;
    assert!(code == Some(2) && messages.contains("/docs/ is not a stream of ntfy"), "{messages}");
    assert_eq!(origin.count(), 0);
}

#[tokio::test]
async fn feed_add_names_the_completed_address_and_keeps_its_folder() {
    let mut origin = Origin::start(vec![Scene::status(404, &[])]).await;
    let (code, messages, config) = add(&origin.url("/ntfy/alerts"), &["--preset", "ntfy"]).await;
    assert_eq!((code, config.as_str()), (Some(1), "# mine\nversion = 1\n"), "{messages}");
    let completed = origin.url("/ntfy/alerts/sse");
    assert!(
        messages.contains(&format!("bellwire: {completed}: nothing at this address (404)")),
        "{messages}"
    );
    assert_eq!(origin.asked(1).await[0].line, "GET /ntfy/alerts/sse HTTP/1.1");
}

#[tokio::test]
async fn feeds_of_services_are_named_after_them_and_never_alike() {
    let world = World::new("");
    let mut ids = Vec::new();
    let ways: [(&str, &[&str]); 5] = [
        ("http://127.0.0.1:18431/alerts", &["--preset", "ntfy"]),
        ("http://127.0.0.1:18432/alerts", &["--preset", "ntfy"]),
        ("http://127.0.0.1:18432/alerts", &["--preset", "ntfy"]),
        ("http://127.0.0.1:18431/.well-known/mercure?topic=books", &[]),
        ("http://127.0.0.1:18431/x", &["--name", "运维告警"]),
    ];
    for (url, arguments) in ways {
        let arguments = [&["feed", "add", url, "--no-check"], arguments].concat();
        let (code, id, messages) = bellwire(&world, &arguments).await;
        assert_eq!(code, Some(0), "{messages}");
        ids.push(id.trim().to_owned());
    }
    assert_eq!(ids, ["ntfy-alerts", "ntfy-alerts-2", "ntfy-alerts-3", "mercure-books", "yun-wei-gao-jing"]);
    let (_, lines, _) = bellwire(&world, &["feed", "list", "--format", "ndjson"]).await;
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<&str> = lines.iter().map(|line| line["name"].as_str().unwrap()).collect();
    let expected = [
        "ntfy alerts",
        "ntfy alerts (127.0.0.1:18432)",
        "ntfy alerts (127.0.0.1:18432) 2",
        "Mercure books",
        "运维告警",
    ];
    assert_eq!(names, expected);
    assert_eq!(lines[3]["url"], "http://127.0.0.1:18431/.well-known/mercure", "without its query");
}
