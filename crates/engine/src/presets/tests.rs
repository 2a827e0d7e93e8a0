use toml_edit::{Item, Table, Value};
use url::Url;

use super::data::{TEXT, parse};
use super::*;
use crate::expression::{Expression, Scope, Template};

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn answers(given: &[(&str, &str)]) -> Answers {
    given.iter().map(|(key, answer)| ((*key).to_owned(), (*answer).to_owned())).collect()
}

fn applied(name: &str, address: &str, given: &[(&str, &str)]) -> Result<Applied, PresetError> {
    apply(&PresetChoice::Named(name.into()), &url(address), &answers(given)).map(Option::unwrap)
}

/// Returns the address that a preset gives.
fn address(name: &str, typed: &str, given: &[(&str, &str)]) -> String {
    applied(name, typed, given).unwrap().url.into()
}

/// Returns the texts among some keys, each with its key.
fn texts(keys: &Table) -> Vec<(String, String)> {
    fn of_value(key: &str, value: &Value, found: &mut Vec<(String, String)>) {
        match value {
            Value::String(text) => found.push((key.to_owned(), text.value().clone())),
            Value::Array(entries) => entries.iter().for_each(|entry| of_value(key, entry, found)),
            Value::InlineTable(table) => {
                table.iter().for_each(|(name, value)| of_value(&format!("{key}.{name}"), value, found));
            }
            Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => {}
        }
    }
    fn of_table(table: &Table, found: &mut Vec<(String, String)>) {
        for (key, item) in table {
            match item {
                Item::Value(value) => of_value(key, value, found),
                Item::Table(table) => of_table(table, found),
                Item::ArrayOfTables(tables) => tables.iter().for_each(|table| of_table(table, found)),
                Item::None => {}
            }
        }
    }
    let mut found = Vec::new();
    of_table(keys, &mut found);
    found
}

/// Returns the text of one key.
fn text(keys: &Table, key: &str) -> String {
    texts(keys).into_iter().find(|(name, _)| name == key).unwrap().1
}

#[test]
fn the_file_of_presets_can_be_read() {
    let presets = parse(TEXT).unwrap();
    assert_eq!(presets.len(), 27);
    for preset in presets {
        assert!(preset.keys.contains_key("rule"), "{} decides about notifications", preset.name);
        assert_eq!(named(&preset.name).unwrap().title, preset.title, "each name once");
        let needs_name = preset.secret.as_ref().map(|secret| {
            matches!(secret.kind, SignInKind::Header | SignInKind::Query | SignInKind::Cookie)
                == secret.name.is_some()
        });
        assert_ne!(needs_name, Some(false), "{}", preset.name);
    }
}

#[test]
fn a_preset_uses_only_answers_that_it_asks_for() {
    for preset in all() {
        let asks = |key: &str| preset.ask.iter().any(|ask| ask.key == key);
        let address = preset.address.as_deref().unwrap_or_default();
        for part in address.split(['/', '?', '&', '=']).filter_map(super::pattern::key_of) {
            assert!(asks(part), "{}: {{{part}}}", preset.name);
        }
        let given: Answers = preset.ask.iter().map(|ask| (ask.key.clone(), "x".into())).collect();
        let named = PresetChoice::Named(preset.name.clone());
        let filled = apply(&named, &url("http://127.0.0.1/"), &given).unwrap().unwrap().keys;
        for (key, text) in texts(&filled) {
            let is_marked =
                text.match_indices('<').any(|(at, _)| text[at + 1..].starts_with(char::is_alphabetic));
            assert!(!is_marked, "{}: {key} = {text}", preset.name);
        }
        let plain = texts(&preset.keys).into_iter().filter(|(_, text)| text.starts_with('<'));
        for (key, text) in plain {
            assert!(key == "resume.query" || text.contains("|json"), "{}: {key} = {text}", preset.name);
        }
    }
}

#[test]
fn an_address_is_recognised_by_host_path_and_parameters() {
    let by = |text| recognise(&url(text)).map(|found| (found.preset.name.as_str(), found.answers));
    let none = Answers::new;
    let cases = [
        ("https://ntfy.sh/alerts", Some(("ntfy", answers(&[("topic", "alerts")])))),
        ("https://ntfy.sh/a%2Cb/json", Some(("ntfy", answers(&[("topic", "a,b")])))),
        ("https://ntfy.sh/alerts/", Some(("ntfy", answers(&[("topic", "alerts")])))),
        ("https://ntfy.sh/", None),
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
    assert_eq!(address("ntfy", "https://ntfy.sh/a", &[("topic", "b")]), "https://ntfy.sh/b/sse");
    let beacon = address("ethereum-beacon", "http://h/any?x=1", &[("topics", "head, chain_reorg")]);
    assert_eq!(beacon, "http://h/any?x=1&topics=head&topics=chain_reorg");
    let own_topics = "http://h/eth/v1/events?topics=head&topics=block";
    assert_eq!(address("ethereum-beacon", own_topics, &[]), own_topics);
    assert_eq!(
        address("ethereum-beacon", own_topics, &[("topics", "exit")]),
        "http://h/eth/v1/events?topics=exit"
    );
    assert_eq!(address("mastodon", "http://h/x?y", &[]), "http://h/x?y");
}

#[test]
fn a_default_answer_does_not_replace_a_persons_own_parameter() {
    let changes = "http://h/db/_changes?since=7&feed=eventsource";
    assert_eq!(address("couchdb", changes, &[]), format!("{changes}&heartbeat=30000"));
    assert_eq!(
        address("couchdb", changes, &[("since", "0")]),
        "http://h/db/_changes?since=0&feed=eventsource&heartbeat=30000"
    );
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
        let first = apply(&choice, &url("http://127.0.0.1/x?own=1"), &given).unwrap().unwrap().url;
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

#[test]
fn an_answer_cannot_add_a_key_or_leave_its_literal() {
    let hostile =
        "x\" }}\n[[feed]]\nid = 'evil' <titles|json> {{ data.secret }} {% raw %} \\\u{1}' or true or '";
    let keys = applied("stellar", "http://h/payments", &[("account", hostile)]).unwrap().keys;
    assert_eq!(keys.len(), named("stellar").unwrap().keys.len());
    let when = Expression::parse(&text(&keys, "when")).unwrap();
    let holds = |to: &str| {
        let data = serde_json::json!({ "to": to }).to_string();
        when.holds(&Scope::event("payment", "", &data)).unwrap()
    };
    assert!(holds(hostile) && !holds("x"), "{when:?}");

    let entries = "{{ data.secret }},{%,}},a\"b";
    let keys = applied("pocketbase", "http://h/", &[("topics", entries)]).unwrap().keys;
    let body = Template::parse(&text(&keys, "body")).unwrap();
    let scope = Scope::event("PB_CONNECT", "", r#"{"clientId": "c1", "secret": "s3cret"}"#);
    let sent: serde_json::Value = serde_json::from_str(&body.render(&scope).unwrap()).unwrap();
    let expected = serde_json::json!({
        "clientId": "c1", "subscriptions": ["{{ data.secret }}", "{%", "}}", "a\"b"],
    });
    assert_eq!(sent, expected);
}

#[test]
fn an_optional_answer_that_is_not_given_is_an_empty_list_or_text() {
    let keys = applied("wikimedia", "http://h/v2/stream/recentchange", &[]).unwrap().keys;
    assert!(text(&keys, "when").ends_with("in []"), "{keys}");
    let keys = applied("stellar", "http://h/payments", &[]).unwrap().keys;
    assert!(text(&keys, "when").ends_with("== \"\""), "{keys}");
    let keys = applied("alpaca", "http://h/v2/events/trades", &[]).unwrap().keys;
    assert_eq!(text(&keys, "resume.query"), "since_id", "the default");
}

#[test]
fn what_is_wrong_says_what_to_do() {
    let unknown = applied("nfty", "http://h/", &[]).unwrap_err().to_string();
    assert!(unknown.contains("\"nfty\"; the names are ntfy, pocketbase, "), "{unknown}");
    let missing = applied("ntfy", "http://h/", &[("topic", " ")]).unwrap_err().to_string();
    assert_eq!(missing, "the preset ntfy needs an answer: Topic; add --set topic=…");
    assert!(matches!(
        applied("pocketbase", "http://h/", &[("topics", " , ")]),
        Err(PresetError::Missing { .. })
    ));
    let not_asked = applied("ntfy", "http://h/a/b/c", &[("topics", "a")]).unwrap_err().to_string();
    assert_eq!(not_asked, "the preset ntfy does not ask for \"topics\"; it asks for topic");
    let set = answers(&[("topic", "a")]);
    for choice in [PresetChoice::Plain, PresetChoice::Recognised] {
        let error = apply(&choice, &url("http://h/alerts"), &set).unwrap_err();
        assert_eq!(error, PresetError::NothingAsks { key: "topic".into() });
    }
    assert!(apply(&PresetChoice::Recognised, &url("http://h/alerts"), &Answers::new()).unwrap().is_none());
}

#[test]
fn a_request_that_may_have_a_price_is_not_tried() {
    assert!(!applied("openai", "http://h/", &[("prompt", "Hello")]).unwrap().may_be_tried());
    assert!(applied("ntfy", "http://h/a", &[]).unwrap().may_be_tried());
}

#[test]
fn a_summary_says_what_a_preset_sets() {
    let summary = |name: &str| named(name).unwrap().summary();
    let ntfy = Summary {
        resumes: ResumesBy::Query("since".into()),
        control: ["open", "keepalive", "poll_request"].map(Into::into).into(),
        types_from_data: false,
        subscribes: false,
        posts: false,
    };
    assert_eq!(summary("ntfy"), ntfy);
    assert_eq!(summary("alpaca").resumes, ResumesBy::Query("since_id".into()), "the default answer");
    assert_eq!(summary("mercure").resumes, ResumesBy::LastEventId);
    let pocketbase = summary("pocketbase");
    assert!(pocketbase.resumes == ResumesBy::Nothing && pocketbase.subscribes);
    assert!(summary("openai").posts && summary("stellar").types_from_data);
}
