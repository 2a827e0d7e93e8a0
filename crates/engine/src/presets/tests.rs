mod addresses;

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

/// Returns an address that a preset takes with any answers.
fn of_a_stream(preset: &Preset) -> Url {
    let has_path = preset.address.as_ref().is_some_and(|address| address.starts_with('/'));
    let path = preset.paths.iter().map(|pattern| pattern.shown()).next().filter(|_| !has_path);
    let path = path.unwrap_or_else(|| "/".into()).replace("/…", "/folder").replace(['{', '}'], "");
    let mut url = url(&format!("http://127.0.0.1{path}"));
    url.query_pairs_mut().append_pair("own", "1");
    url
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
        let filled = apply(&named, &of_a_stream(preset), &given).unwrap().unwrap().keys;
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
fn a_feed_is_named_after_its_service_and_what_it_is_about() {
    let name =
        |preset: &str, typed: &str, given: &[(&str, &str)]| applied(preset, typed, given).unwrap().name;
    assert_eq!(name("ntfy", "http://127.0.0.1:18431/alerts", &[]), "ntfy alerts");
    assert_eq!(name("home-assistant", "http://127.0.0.1:8123", &[]), "Home Assistant");
    assert_eq!(name("pocketbase", "http://h", &[("topics", "orders,stock")]), "PocketBase orders, stock");
    assert_eq!(name("mercure", "http://h/.well-known/mercure?match=a&topic=a&topic=b", &[]), "Mercure a, b");
    assert_eq!(
        name("wikimedia", "https://stream.wikimedia.org/v2/stream/page-create", &[]),
        "Wikimedia EventStreams page-create"
    );
    assert_eq!(
        name("firebase", "https://a.firebaseio.com/x/rooms.json", &[]),
        "Firebase Realtime Database rooms"
    );
    assert_eq!(
        name("openai", "https://api.openai.com/", &[("prompt", "Say hello")]),
        "OpenAI chat completions"
    );
    let long =
        name("stellar", &format!("https://horizon.stellar.org/accounts/{}/payments", "G".repeat(56)), &[]);
    assert_eq!(long, format!("Stellar Horizon {}…", "G".repeat(32)));
}

#[test]
fn a_service_takes_its_own_sign_in_and_those_that_are_known_to_work() {
    let takes =
        |name: &str, kind, of: Option<&str>| named(name).unwrap().secret.as_ref().unwrap().takes(kind, of);
    assert!(takes("home-assistant", SignInKind::Bearer, None));
    assert!(!takes("home-assistant", SignInKind::Basic, None));
    assert!(takes("hue", SignInKind::Header, Some("Hue-Application-Key")));
    assert!(!takes("hue", SignInKind::Header, Some("x-api-key")));
    assert!(takes("gitea", SignInKind::Cookie, Some("another")));
    assert!(takes("ntfy", SignInKind::Basic, None));
    let form = named("particle").unwrap().secret.as_ref().unwrap();
    assert!(form.is_in(&url("https://api.particle.io/v1/events?access_token=a")));
    assert!(!form.is_in(&url("https://api.particle.io/v1/events?access_token=")));
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
    assert!(unknown.contains("\"nfty\"; did you mean ntfy? The names are ably, alpaca, "), "{unknown}");
    let unlike = applied("xyzzy", "http://h/", &[]).unwrap_err().to_string();
    assert!(unlike.contains("\"xyzzy\"; the names are ably, "), "{unlike}");
    let missing = applied("ntfy", "http://h/", &[("topic", " ")]).unwrap_err().to_string();
    assert_eq!(missing, "the preset ntfy needs an answer: Topic; add --set topic=…");
    assert!(matches!(
        applied("pocketbase", "http://h/", &[("topics", " , ")]),
        Err(PresetError::Missing { .. })
    ));
    let not_asked = applied("ntfy", "http://h/a/b/c", &[("topics", "a")]).unwrap_err().to_string();
    assert_eq!(
        not_asked,
        "the preset ntfy does not ask for \"topics\"; did you mean topic? It asks for topic"
    );
    let set = answers(&[("topic", "a")]);
    let error = |choice| apply(&choice, &url("http://h/alerts"), &set).unwrap_err();
    assert_eq!(error(PresetChoice::Recognised), PresetError::NothingAsks { key: "topic".into() });
    assert_eq!(
        error(PresetChoice::Plain).to_string(),
        "--preset none asks for nothing, so --set topic=… has no use; leave out one of the two"
    );
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

#[test]
fn each_change_in_a_list_of_a_hue_bridge_is_an_event() {
    let keys = applied("hue", "https://192.0.2.7", &[]).unwrap().keys;
    let each = Expression::parse(&text(&keys, "each")).unwrap();
    let data = r#"[{"type":"update","data":[{"type":"light"},{"type":"device_power"}]},{"type":"add","data":[{"type":"motion"}]}]"#;
    let items = each.items(&Scope::event("message", "1", data), 10).unwrap().unwrap();
    assert_eq!(items, [r#"{"type":"light"}"#, r#"{"type":"device_power"}"#, r#"{"type":"motion"}"#]);
    let event_from = Expression::parse(&text(&keys, "event_from")).unwrap();
    let types =
        items.iter().map(|item| event_from.text(&Scope::event("message", "1", item)).unwrap().unwrap());
    assert_eq!(types.collect::<Vec<_>>(), ["light", "device_power", "motion"]);
}
