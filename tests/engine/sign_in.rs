//! The forms of signing in: what arrives at the server, and where a secret must not appear.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use bellwire_engine::config::parse;
use bellwire_engine::event::Reason;
use bellwire_engine::feed::{Activity, Spec, Subscribed};
use bellwire_engine::ports::Secrets;
use bellwire_engine::secrets::{Secret, SecretError};
use bellwire_engine::{CheckReport, EngineHandle, FeedWish, NewSecret};
use bellwire_tests::support::origin::{Asked, Origin, Scene};
use bellwire_tests::support::world::{World, data, feed, parked, rows};

/// Holds characters that a URL must encode, and encodings of characters that need none.
const CANARY: &str = "canary+5f/1e&9c%41";
/// [`CANARY`] as a form encodes it.
const CANARY_ENCODED: &str = "canary%2B5f%2F1e%269c%2541";

const HEADER: &str = "{ type = \"header\", name = \"X-API-Key\", secret = \"key\" }";
const QUERY: &str = "{ type = \"query\", name = \"access_token\", secret = \"token\" }";
const COOKIE: &str = "{ type = \"cookie\", name = \"session\", secret = \"session\" }";

fn config(url: &str, auth: &str) -> String {
    format!("[[feed]]\nid = \"f\"\nurl = \"{url}\"\nauth = {auth}\n")
}

fn has_no_secret(asked: &Asked) -> bool {
    let names = ["authorization", "cookie", "x-api-key"];
    names.iter().all(|name| asked.header(name).is_none()) && !asked.line.contains("access_token")
}

#[tokio::test]
async fn each_form_of_signing_in_arrives_alone() {
    let path = "/s?sig=a%2Fb~x&access_token=old";
    let cases = [
        (HEADER, "x-api-key", "key-1", path),
        ("{ type = \"header\", name = \"Authorization\", secret = \"key\" }", "authorization", "key-1", path),
        (COOKIE, "cookie", "session=session-1", path),
        (QUERY, "", "", "/s?sig=a%2Fb~x&access_token=token%2B1"),
    ];
    for (auth, name, value, line) in cases {
        let mut origin = Origin::start(vec![Scene::stream("")]).await;
        let secrets = [("key", "key-1"), ("session", "session-1"), ("token", "token+1")];
        let world = World::with_secrets(&config(&origin.url(path), auth), &secrets).await;
        let engine = world.start().await;
        let asked = origin.asked(1).await.remove(0);
        assert_eq!(asked.line, format!("GET {line} HTTP/1.1"));
        let sent: Vec<_> = asked
            .headers
            .iter()
            .filter(|(name, _)| ["authorization", "cookie", "x-api-key"].contains(&name.as_str()))
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let expected: &[(&str, &str)] = if name.is_empty() { &[] } else { &[(name, value)] };
        assert_eq!(sent, expected);
        engine.shutdown().await;
    }
}

#[tokio::test]
async fn several_parts_arrive_together_and_cookies_in_one_header_with_the_servers_own() {
    let sticky = ["Set-Cookie: node=7; Path=/", "Set-Cookie: session=theirs; Path=/"];
    let scenes = vec![Scene::ended_with(&sticky, "retry: 10\ndata: a\n\n"), Scene::stream("data: b\n\n")];
    let mut origin = Origin::start(scenes).await;
    let second = "{ type = \"cookie\", name = \"lang\", secret = \"lang\" }";
    let auth = format!("[{HEADER}, {QUERY}, {COOKIE}, {second}]");
    let secrets = [("key", "k"), ("token", "t"), ("session", "s"), ("lang", "\"en\"")];
    let world = World::with_secrets(&config(&origin.url("/s"), &auth), &secrets).await;
    let engine = world.start().await;
    let asked = origin.asked(2).await;
    for asked in &asked {
        assert_eq!(asked.line, "GET /s?access_token=t HTTP/1.1");
        assert_eq!(asked.header("x-api-key"), Some("k"));
        assert_eq!(asked.headers.iter().filter(|(name, _)| name == "cookie").count(), 1);
    }
    let cookies: Vec<_> = asked.iter().map(|asked| asked.header("cookie").unwrap()).collect();
    assert_eq!(cookies, ["session=s; lang=\"en\"", "session=s; lang=\"en\"; node=7"]);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_redirect_to_another_origin_gets_no_part_even_if_it_repeats_the_query() {
    let mut other = Origin::start(vec![Scene::stream("data: a\n\n")]).await;
    let echo = format!("/there?a=%2F&access_token={CANARY_ENCODED}&b=1");
    let location = format!("Location: {}", other.url(&echo));
    let mut origin = Origin::start(vec![Scene::status(307, &[&location])]).await;
    let auth = format!("[{HEADER}, {QUERY}, {COOKIE}]");
    let secrets = [("key", "k"), ("token", CANARY), ("session", "s")];
    let world = World::with_secrets(&config(&origin.url("/"), &auth), &secrets).await;
    let engine = world.start().await;
    assert_eq!(data(&engine, 1).await, ["a"]);
    assert!(!has_no_secret(&origin.asked(1).await[0]));
    let asked = other.asked(1).await.remove(0);
    assert_eq!(asked.line, "GET /there?a=%2F&b=1 HTTP/1.1");
    assert!(has_no_secret(&asked), "{asked:?}");
    engine.shutdown().await;
}

#[tokio::test]
async fn a_redirect_with_the_secret_outside_its_query_is_not_followed() {
    let other = Origin::start(vec![Scene::stream("")]).await;
    let location = format!("Location: {}", other.url(&format!("/{CANARY_ENCODED}")));
    let origin = Origin::start(vec![Scene::status(302, &[&location])]).await;
    let world = World::with_secrets(&config(&origin.url("/"), QUERY), &[("token", CANARY)]).await;
    let engine = world.start().await;
    assert_eq!(parked(&engine).await.reason, Reason::Redirect(String::new()));
    assert_eq!(other.count(), 0);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_redirect_within_the_origin_keeps_every_part() {
    let scenes = vec![
        Scene::status(302, &["Location: there"]),
        Scene::status(302, &["Location: ?access_token=other&a=1"]),
        Scene::stream("data: a\n\n"),
    ];
    let mut origin = Origin::start(scenes).await;
    let auth = format!("[{HEADER}, {QUERY}, {COOKIE}]");
    let secrets = [("key", "k"), ("token", "t"), ("session", "s")];
    let world = World::with_secrets(&config(&origin.url("/s/here?z=1"), &auth), &secrets).await;
    let engine = world.start().await;
    let asked = origin.asked(3).await;
    let lines: Vec<_> = asked.iter().map(|asked| asked.line.as_str()).collect();
    assert_eq!(
        lines,
        [
            "GET /s/here?z=1&access_token=t HTTP/1.1",
            "GET /s/there?access_token=t HTTP/1.1",
            "GET /s/there?a=1&access_token=t HTTP/1.1"
        ]
    );
    assert!(asked.iter().all(|asked| asked.header("x-api-key") == Some("k")));
    assert!(asked.iter().all(|asked| asked.header("cookie") == Some("session=s")));
    engine.shutdown().await;
}

#[tokio::test]
async fn no_form_of_secret_is_sent_unencrypted_over_the_network() {
    for auth in [HEADER, QUERY, COOKIE, &format!("[{QUERY}, {COOKIE}]")] {
        // 192.0.2.0/24 is for documentation (RFC 5737). The feed is parked before any connection.
        let secrets = [("key", "k"), ("token", "t"), ("session", "s")];
        let world = World::with_secrets(&config("http://192.0.2.1/", auth), &secrets).await;
        let engine = world.start().await;
        assert_eq!(parked(&engine).await.reason, Reason::InsecureAuth, "{auth}");
        engine.shutdown().await;
    }
}

#[tokio::test]
async fn the_missing_secret_of_several_is_named_and_no_request_is_sent() {
    let origin = Origin::start(vec![Scene::stream("")]).await;
    let auth = format!("[{HEADER}, {QUERY}, {COOKIE}]");
    let world =
        World::with_secrets(&config(&origin.url("/"), &auth), &[("key", "k"), ("session", "s")]).await;
    let engine = world.start().await;
    assert_eq!(parked(&engine).await.reason, Reason::SecretMissing("token".into()));
    assert_eq!(origin.count(), 0);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_secret_that_no_cookie_or_header_carries_parks_the_feed_and_is_not_sent() {
    let bad_cookie = Reason::BadCookie("session".into());
    assert_eq!(bad_cookie.to_string(), "the secret session holds characters that a cookie cannot carry");
    for (auth, secret, reason) in [(COOKIE, "a;b", bad_cookie), (HEADER, "a\nb", Reason::BadHeader)] {
        let origin = Origin::start(vec![Scene::stream("")]).await;
        let world =
            World::with_secrets(&config(&origin.url("/"), auth), &[("key", secret), ("session", secret)])
                .await;
        let engine = world.start().await;
        assert_eq!(parked(&engine).await.reason, reason);
        assert_eq!(origin.count(), 0);
        engine.shutdown().await;
    }
}

#[tokio::test]
async fn renewed_secrets_of_several_parts_are_sent_and_the_parts_stay() {
    let mut origin = Origin::start(vec![Scene::status(401, &[]), Scene::stream("data: a\n\n")]).await;
    let text = config(&origin.url("/"), &format!("[{HEADER}, {QUERY}]"));
    let world = World::with_secrets(&text, &[("key", "k"), ("token", "old")]).await;
    let engine = world.start().await;
    assert_eq!(parked(&engine).await.reason, Reason::SignInRefused(401));
    let id = feed(&engine, |_| true).await.id;
    let renewed = |name: &str| vec![(name.to_owned(), Secret::new("new"))];
    assert!(engine.renew_secrets(&id, renewed("other")).await.is_err());
    assert_eq!(world.keychain.get("other").await, Err(SecretError::Missing("other".into())));
    engine.renew_secrets(&id, renewed("token")).await.unwrap();
    assert_eq!(data(&engine, 1).await, ["a"]);
    let asked = origin.asked(2).await;
    assert_eq!(asked[1].line, "GET /?access_token=new HTTP/1.1");
    assert_eq!(asked[1].header("x-api-key"), Some("k"));
    assert_eq!(world.config(), text);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_feed_added_with_each_form_is_written_and_its_secrets_leave_with_it() {
    let origin = Origin::start(vec![Scene::stream("")]).await;
    let value = || Secret::new("v");
    for (secret, written) in [
        (
            NewSecret::Header { name: "X-Key".into(), value: value() },
            "{ type = \"header\", name = \"x-key\", secret = \"f\" }",
        ),
        (
            NewSecret::Query { name: "key".into(), value: value() },
            "{ type = \"query\", name = \"key\", secret = \"f\" }",
        ),
        (
            NewSecret::Cookie { name: "key".into(), value: value() },
            "{ type = \"cookie\", name = \"key\", secret = \"f\" }",
        ),
    ] {
        let world = World::new("");
        let engine = world.start().await;
        let wish = FeedWish {
            url: origin.url("/"),
            name: Some("f".into()),
            secret: Some(secret),
            ..FeedWish::default()
        };
        let id = engine.add_feed(wish).await.unwrap();
        assert!(world.config().contains(&format!("auth = {written}")), "{}", world.config());
        let text =
            world.config().replace(&format!("auth = {written}"), &format!("auth = [{written}, {COOKIE}]"));
        world.write_config(&text);
        feed(&engine, |feed| feed.auth.len() == 2).await;
        world.keychain.set("session", value()).await.unwrap();
        engine.remove_feed(&id, true).await.unwrap();
        for name in ["f", "session"] {
            assert_eq!(world.keychain.get(name).await, Err(SecretError::Missing(name.into())));
        }
        engine.shutdown().await;
    }
}

#[tokio::test]
async fn a_name_that_cannot_be_sent_is_refused_before_the_keychain_stores_anything() {
    let origin = Origin::start(vec![Scene::stream("")]).await;
    let world = World::new("");
    let engine = world.start().await;
    let secret = || NewSecret::Header { name: "Host".into(), value: Secret::new(CANARY) };
    let wish = FeedWish {
        url: origin.url("/"),
        name: Some("f".into()),
        secret: Some(secret()),
        ..FeedWish::default()
    };
    assert_eq!(engine.add_feed(wish).await.unwrap_err().to_string(), "Bellwire sets host itself");
    assert_eq!(world.keychain.get("f").await, Err(SecretError::Missing("f".into())));
    let report = checked(&engine, &origin.url("/"), secret()).await;
    let last = report.steps.last().unwrap();
    assert_eq!((last.ok, last.detail.as_str()), (Some(false), "Bellwire sets host itself"));
    assert_eq!(origin.count(), 0);
    engine.shutdown().await;
}

async fn checked(engine: &EngineHandle, url: &str, secret: NewSecret) -> CheckReport {
    let mut check =
        engine.check_feed(FeedWish { url: url.into(), secret: Some(secret), ..FeedWish::default() }).unwrap();
    while check.next().await.is_some() {}
    check.into_report()
}

/// Collects what is logged.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns the scripts of servers that repeat the query wherever a server can, and of those that fail.
fn servers() -> Vec<(&'static str, Vec<Scene>)> {
    let at = |path: &str| format!("{path}?access_token={CANARY_ENCODED}&a=1");
    let location = format!("Location: {}", at("/there"));
    let nested =
        format!("Location: /login?next=%2Fs%3Faccess_token%3D{}", CANARY_ENCODED.replace('%', "%25"));
    let (link, content) =
        (format!("Link: <{}>; rel=self", at("/s")), format!("Content-Location: {}", at("/s")));
    let stream = || Scene::ended_with(&[&link, &content], "retry: 10\nid: 1\ndata: a\n\n");
    let broken = Scene {
        answer: b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 9\r\n\r\ndata".into(),
        ..stream()
    };
    vec![
        (
            "redirects within the origin",
            vec![Scene::status(307, &[&location]), Scene::status(302, &[&nested]), stream()],
        ),
        (
            "a redirect that is not followed",
            vec![Scene::status(302, &[&format!("Location: /{CANARY_ENCODED}")])],
        ),
        ("a loop of redirects", vec![Scene::status(302, &[&location])]),
        ("a refusal", vec![Scene::status(401, &[&link])]),
        ("a failure", vec![Scene::status(503, &[&link])]),
        ("an answer that is not HTTP", vec![Scene { answer: b"nonsense\r\n\r\n".into(), ..stream() }]),
        ("an answer that breaks off", vec![broken]),
    ]
}

#[tokio::test]
async fn a_query_secret_is_in_no_log_row_status_activity_check_or_file() {
    let captured = Captured::default();
    let log = captured.clone();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || log.clone());
    // While there is one subscriber alone, the thread that first comes to a line that logs decides for all threads whether
    // anyone listens, and the other tests' threads have nobody who does.
    let others = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(std::io::sink);
    let _others = tracing::Dispatch::new(others.finish());
    let _guard = tracing::subscriber::set_default(subscriber.finish());
    for (name, scenes) in servers() {
        let mut origin = Origin::start(scenes).await;
        let text = config(&origin.url("/s?a=1"), QUERY);
        let world = World::with_secrets(&text, &[("token", CANARY)]).await;
        let engine = world.start().await;
        assert!(origin.asked(1).await[0].line.contains(CANARY_ENCODED), "{name}");
        let all = rows(&engine, |rows| !rows.is_empty()).await;
        let status = format!("{:?}", engine.status().borrow());

        let spec = Spec::of(&parse(&text).unwrap().feeds[0]);
        let mut subscribed = Subscribed::start(spec.clone(), world.ports());
        let mut activities = Vec::new();
        loop {
            let activity = subscribed.next().await.unwrap();
            activities.push(format!("{activity:?}"));
            if matches!(activity, Activity::Waiting { .. } | Activity::Parked { .. } | Activity::Ended { .. })
            {
                break;
            }
        }
        let secret = NewSecret::Query { name: "access_token".into(), value: Secret::new(CANARY) };
        let entered = format!("{secret:?}");
        let report = checked(&engine, &origin.url("/s?a=1"), secret).await;
        engine.shutdown().await;

        let mut places =
            vec![format!("{all:?}"), status, format!("{spec:?}"), entered, format!("{report:?}")];
        places.extend(activities);
        places.extend(world.files().into_iter().map(|(_, text)| text));
        for place in &places {
            assert!(!repeats_secret(place), "{name}: {place}");
        }
    }
    let logged = String::from_utf8(captured.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("hyper"), "the HTTP client's log is captured: {logged}");
    assert!(!repeats_secret(&logged), "{logged}");
}

/// Returns whether a text contains the secret or a part of it that no encoding changes.
fn repeats_secret(text: &str) -> bool {
    text.contains(CANARY) || text.contains("canary")
}
