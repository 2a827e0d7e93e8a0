//! Which addresses are recognised, and what a preset makes of them.

use super::*;

#[test]
fn an_address_is_recognised_by_host_path_and_parameters() {
    let by = |text| recognise(&url(text)).map(|found| (found.preset.name.as_str(), found.answers));
    let none = Answers::new;
    let cases = [
        ("https://ntfy.sh/alerts", Some(("ntfy", answers(&[("topic", "alerts")])))),
        ("https://ntfy.sh/a%2Cb/json", Some(("ntfy", answers(&[("topic", "a,b")])))),
        ("https://ntfy.sh/alerts/", Some(("ntfy", answers(&[("topic", "alerts")])))),
        ("https://ntfy.sh/alerts,disk/json", Some(("ntfy", answers(&[("topic", "alerts,disk")])))),
        ("https://ntfy.sh/", Some(("ntfy", none()))),
        ("https://ntfy.sh/a/b", None),
        ("https://gitea.com/", Some(("gitea", none()))),
        ("https://gitea.com/explore", None),
        ("https://api-v3.mbta.com/", Some(("mbta", none()))),
        ("https://horizon.stellar.org/", None),
        ("https://rooms.firebaseio.com/a/b/c/d/e/f.json", Some(("firebase", none()))),
        ("https://rooms.firebaseio.com/.json", Some(("firebase", none()))),
        ("https://rooms.firebaseio.com/a", None),
        ("http://127.0.0.1/", None),
        ("http://127.0.0.1/hub/.well-known/mercure?topic=a", None),
        ("http://127.0.0.1/api/v1/streaming/hashtag?tag=bell", Some(("mastodon", none()))),
        ("http://127.0.0.1/api/v1/streaming/hashtag", None),
        ("https://ntfy.example/alerts", None),
        ("https://notntfy.sh/alerts", None),
        ("http://127.0.0.1/.well-known/mercure?topic=a", Some(("mercure", none()))),
        ("http://127.0.0.1/db/_changes?feed=eventsource", Some(("couchdb", answers(&[("db", "db")])))),
        ("http://127.0.0.1/db/_changes?feed=longpoll", None),
        ("http://127.0.0.1/db/_changes", None),
        ("https://main.realtime.ably.net/sse", Some(("ably", none()))),
        ("https://ably.net/sse", None),
        ("https://stream.wikimedia.org/v2/stream/recentchange", Some(("wikimedia", none()))),
        ("http://127.0.0.1/events", None),
    ];
    for (text, expected) in cases {
        assert_eq!(by(text), expected, "{text}");
    }
}

#[test]
fn an_address_gets_the_presets_path_and_keeps_the_persons_parameters() {
    assert_eq!(
        address("ntfy", "https://ntfy.sh/alerts/json?a=b%20c", &[]),
        "https://ntfy.sh/alerts/sse?a=b%20c"
    );
    let own_host = address("ntfy", "http://10.0.0.2:8080", &[("topic", "disk")]);
    assert_eq!(own_host, "http://10.0.0.2:8080/disk/sse");
    let beacon = address("ethereum-beacon", "http://h/key?x=1", &[("topics", "head, chain_reorg")]);
    assert_eq!(beacon, "http://h/key/eth/v1/events?x=1&topics=head&topics=chain_reorg");
    let own_topics = "http://h/eth/v1/events?topics=head&topics=block";
    assert_eq!(address("ethereum-beacon", own_topics, &[]), own_topics);
    assert_eq!(address("ethereum-beacon", own_topics, &[("topics", "block, head")]), own_topics);
    assert_eq!(
        address("ethereum-beacon", "http://h/eth?topics=", &[("topics", "head")]),
        "http://h/eth/v1/events?topics=head"
    );
    assert_eq!(address("trpc", "http://h/x?y", &[]), "http://h/x?y");
}

#[test]
fn an_address_keeps_the_folder_that_a_service_is_in() {
    let alerts = "https://h/ntfy/alerts/sse";
    for typed in ["https://h/ntfy/alerts", alerts, "https://h/ntfy/alerts/json"] {
        assert_eq!(address("ntfy", typed, &[]), alerts, "{typed}");
        assert_eq!(address("ntfy", typed, &[("topic", "alerts")]), alerts, "{typed}");
    }
    assert_eq!(address("ntfy", "https://h/ntfy/alerts/", &[("topic", "alerts")]), alerts);
    let folder = applied("ntfy", "https://h/ntfy/", &[]).unwrap_err();
    assert!(folder.to_string().contains("topic"), "a slash at the end marks a folder: {folder}");
    assert_eq!(address("ntfy", "https://ntfy.sh/alerts/", &[]), "https://ntfy.sh/alerts/sse");
    assert_eq!(address("ntfy", "https://h/ntfy/", &[("topic", "alerts")]), alerts);
    assert_eq!(address("ntfy", "https://h/a%20b/c/d", &[]), "https://h/a%20b/c/d/sse");
    for typed in ["https://h/pb", "https://h/pb/", "https://h/pb/api", "https://h/pb/api/realtime/"] {
        let realtime = address("pocketbase", typed, &[("topics", "orders")]);
        assert_eq!(realtime, "https://h/pb/api/realtime", "{typed}");
    }
    assert_eq!(
        address("couchdb", "https://h/c/orders", &[("db", "orders")]).split('?').next(),
        Some("https://h/c/orders/_changes")
    );
    assert_eq!(address("gitea", "https://gitea.com/explore", &[]), "https://gitea.com/user/events");
    assert_eq!(address("firebase", "https://h/emulator/rooms.json", &[]), "https://h/emulator/rooms.json");
}

#[test]
fn a_service_on_a_server_of_its_users_is_suggested() {
    let suggested = |typed: &str| similar(&Url::parse(typed).unwrap()).map(|preset| preset.name.as_str());
    assert_eq!(suggested("http://127.0.0.1:8000/accounts/GA2/payments"), Some("stellar"));
    assert_eq!(suggested("https://h/llm/v1/chat/completions"), Some("openai"));
    assert_eq!(suggested("https://git.example.com/user/events"), Some("gitea"));
    assert_eq!(suggested("https://ntfy.example.com/alerts"), Some("ntfy"));
    for other in [
        "https://h/payments",
        "https://h/alerts/sse",
        "https://h/all",
        "https://ntfyx.example.com/alerts",
        "https://ntfy.sh/alerts",
        "https://h/api/realtime",
        "https://stream.wikimedia.org/x",
    ] {
        assert_eq!(suggested(other), None, "{other}");
    }
}

#[test]
fn an_answer_that_contradicts_the_address_is_refused() {
    let cases = [
        (
            "ntfy",
            "https://ntfy.sh/y",
            ("topic", "x"),
            "--set topic=x contradicts the address, which has y there; leave out one of the two",
        ),
        ("ntfy", "https://ntfy.sh/y/", ("topic", "x"), "which has y there; leave out one of the two"),
        ("ntfy", "https://h/y/sse/", ("topic", "x"), "which has y there; leave out one of the two"),
        ("ntfy", "https://h/y", ("topic", "x"), "or end the address with / if y is a folder of the server"),
        (
            "couchdb",
            "https://h/orders/_changes",
            ("db", "stock"),
            "--set db=stock contradicts the address, which has orders",
        ),
        (
            "couchdb",
            "https://h/orders/_changes?since=7",
            ("since", "0"),
            "--set since=0 contradicts the address, which has 7",
        ),
        ("mercure", "https://h/.well-known/mercure?topic=a&topic=b", ("topics", "a"), "which has a,b there"),
        ("ably", "https://main.realtime.ably.net/sse?channels=a", ("channels", "b"), "which has a there"),
    ];
    for (name, typed, given, message) in cases {
        let error = applied(name, typed, &[given]).unwrap_err().to_string();
        assert!(error.contains(message), "{typed}: {error}");
        assert_eq!(error.contains("or end the address"), message.starts_with("or end"), "{typed}: {error}");
    }
}

#[test]
fn an_address_without_what_the_service_needs_is_refused() {
    let needed = [
        ("mercure", "https://h/.well-known/mercure?match="),
        ("ethereum-beacon", "https://h/eth/v1/events"),
        ("ably", "https://main.realtime.ably.net/sse?v=1.2"),
        ("graphql-sse", "https://h/graphql/stream"),
        ("pocketbase", "https://h/api/realtime"),
        ("couchdb", "https://h/_changes"),
    ];
    for (name, typed) in needed {
        assert!(matches!(applied(name, typed, &[]), Err(PresetError::Missing { .. })), "{typed}");
    }
    let in_query = [
        ("mercure", "https://h/.well-known/mercure?match_urlpattern=a"),
        ("mercure", "https://h/.well-known/mercure?topic=a"),
        ("ably", "https://main.realtime.ably.net/sse?v=1.2&channel=a"),
        ("graphql-sse", "https://h/graphql/stream?query=a"),
    ];
    for (name, typed) in in_query {
        assert_eq!(address(name, typed, &[]), typed);
    }
}

#[test]
fn a_path_that_is_no_stream_is_refused_and_a_server_alone_gets_one() {
    let no_streams = [
        ("mastodon", "https://h/about"),
        ("mastodon", "https://h/api/v1/streaming/list"),
        ("wikimedia", "https://stream.wikimedia.org/v2/stream"),
        ("launchdarkly", "https://stream.launchdarkly.com/x"),
        ("particle", "https://api.particle.io/v1/devices"),
        ("firebase", "https://h/rooms"),
        ("stellar", "https://horizon.stellar.org/"),
        ("alpaca", "https://broker-api.alpaca.markets/"),
    ];
    for (name, typed) in no_streams {
        let error = applied(name, typed, &[]).unwrap_err();
        assert!(matches!(error, PresetError::NotAStream { .. }), "{typed}: {error}");
    }
    let started = [
        ("mastodon", "/api/v1/streaming/user"),
        ("wikimedia", "/v2/stream/recentchange"),
        ("launchdarkly", "/all"),
        ("particle", "/v1/devices/events"),
        ("mbta", "/alerts"),
        ("casper", "/events"),
        ("openhab", "/rest/events"),
        ("centrifugo", "/connection/uni_sse"),
    ];
    for (name, path) in started {
        assert_eq!(address(name, "https://h", &[]), format!("https://h{path}"));
        assert_eq!(address(name, "https://h/?a=b", &[]), format!("https://h{path}?a=b"));
    }
    let error = applied("mastodon", "https://h/about", &[]).unwrap_err().to_string();
    assert!(
        error.starts_with("/about is not a stream of Mastodon: expected /api/v1/streaming/user or "),
        "{error}"
    );
    assert!(error.ends_with("/list?list=… or /api/v1/streaming/direct, or the server alone"), "{error}");
}

#[test]
fn what_a_service_keeps_for_itself_is_not_an_answer() {
    for page in
        ["docs/", "app", "account", "settings", "login", "signup", "static/", "v1/", "v1/health", "docs/sse"]
    {
        let typed = url(&format!("https://ntfy.sh/{page}"));
        assert_eq!(recognise(&typed), None, "{typed}");
        let error = apply(&PresetChoice::Recognised, &typed, &Answers::new()).unwrap_err().to_string();
        let expected = "or the server alone with --set topic=…; --preset none adds it as a plain feed";
        assert!(
            error.contains(" is not a stream of ntfy: expected /{topic}/sse") && error.ends_with(expected),
            "{error}"
        );
    }
    assert!(applied("ntfy", "https://h/v1/health", &[]).is_err(), "on a server of one's own, too");
    let error = applied("ntfy", "https://ntfy.sh/", &[("topic", "a, docs")]).unwrap_err().to_string();
    assert_eq!(error, "ntfy keeps \"docs\" for itself; give another with --set topic=…");
    assert_eq!(address("ntfy", "https://ntfy.sh/", &[("topic", "x")]), "https://ntfy.sh/x/sse");
}

#[test]
fn a_default_answer_does_not_replace_a_persons_own_parameter() {
    let changes = "http://h/db/_changes?since=7&feed=eventsource";
    assert_eq!(address("couchdb", changes, &[]), format!("{changes}&heartbeat=30000"));
    assert_eq!(
        address("couchdb", "http://h/db/_changes", &[]),
        "http://h/db/_changes?feed=eventsource&heartbeat=30000&since=now"
    );
}

#[test]
fn an_applied_address_stays_when_the_preset_is_applied_again() {
    for preset in all() {
        let given: Answers = preset.ask.iter().map(|ask| (ask.key.clone(), "a b,c&d".into())).collect();
        let choice = PresetChoice::Named(preset.name.clone());
        let first = apply(&choice, &of_a_stream(preset), &given).unwrap().unwrap().url;
        let again = apply(&choice, &first, &given).unwrap().unwrap().url;
        assert_eq!(first, again, "{}", preset.name);
    }
}

#[test]
fn an_answer_stays_one_segment_or_one_value_of_an_address() {
    assert_eq!(address("ntfy", "http://h/", &[("topic", "a/b?c#d%2e")]), "http://h/a%2Fb%3Fc%23d%252e/sse");
    assert_eq!(
        address("graphql-sse", "http://h/graphql/stream", &[("query", "a&b=c#d +é")]),
        "http://h/graphql/stream?query=a%26b%3Dc%23d%20%2B%C3%A9"
    );
    for bad in [".", ".."] {
        let error = applied("ntfy", "http://h/", &[("topic", bad)]).unwrap_err();
        assert_eq!(error, PresetError::Path { key: "topic".into() }, "{bad}");
    }
}
