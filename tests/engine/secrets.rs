//! Secrets: where they are sent, and where they must not appear.

use bellwire_engine::event::{FeedId, Reason, RowBody};
use bellwire_engine::ports::Secrets;
use bellwire_engine::secrets::{Secret, SecretError};
use bellwire_engine::{FeedWish, NewSecret};
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::world::{World, data, data_of, parked, rows};

const CANARY: &str = "canary-5f1e9c";

fn config(url: &str, more: &str) -> String {
    format!("[[feed]]\nid = \"f\"\nurl = \"{url}\"\n{more}\n")
}

const BEARER: &str = "auth = { type = \"bearer\", secret = \"ops\" }";

#[tokio::test]
async fn bearer_and_basic_are_sent_from_the_keychain() {
    let mut origin = Origin::start(vec![Scene::stream("")]).await;
    let world = World::with_secrets(&config(&origin.url("/"), BEARER), &[("ops", "t0ken")]).await;
    let engine = world.start().await;
    assert_eq!(origin.asked(1).await[0].header("authorization"), Some("Bearer t0ken"));
    world.write_config(&config(
        &origin.url("/"),
        "auth = { type = \"basic\", user = \"ann\", secret = \"ops\" }",
    ));
    // RFC 7617: base64 of "ann:t0ken".
    assert_eq!(origin.asked(2).await[1].header("authorization"), Some("Basic YW5uOnQwa2Vu"));
    engine.shutdown().await;
}

#[tokio::test]
async fn a_redirect_to_another_origin_gets_no_secret_and_no_header_but_the_id() {
    let mut other =
        Origin::start(vec![Scene::ended("retry: 300\nid: 7\ndata: a\n\n"), Scene::stream("data: b\n\n")])
            .await;
    let location = format!("Location: {}", other.url("/there"));
    let mut origin = Origin::start(vec![Scene::status(307, &[&location])]).await;
    let more = format!("{BEARER}\nheaders = {{ \"X-Key\" = \"k\" }}");
    let world = World::with_secrets(&config(&origin.url("/"), &more), &[("ops", CANARY)]).await;
    let engine = world.start().await;
    data(&engine, 2).await;
    assert!(origin.asked(1).await[0].header("authorization").is_some());
    let asked = other.asked(2).await;
    assert!(
        asked.iter().all(|asked| asked.header("authorization").is_none() && asked.header("x-key").is_none())
    );
    let ids: Vec<_> = asked.iter().map(|asked| asked.header("last-event-id")).collect();
    assert_eq!(ids, [None, Some("7")], "an id is no secret");
    engine.shutdown().await;
}

#[tokio::test]
async fn a_redirect_to_another_origin_is_not_followed_with_the_requests_body() {
    let other = Origin::start(vec![Scene::stream("data: a\n\n")]).await;
    let location = format!("Location: {}", other.url("/there"));
    let origin = Origin::start(vec![Scene::status(307, &[&location])]).await;
    let world = World::new(&config(&origin.url("/"), "method = \"POST\"\nbody = \"private\""));
    let engine = world.start().await;
    assert!(matches!(parked(&engine).await.reason, Reason::Redirect(_)));
    assert_eq!(other.count(), 0);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_redirect_within_the_origin_keeps_the_secret() {
    let scenes = vec![Scene::status(302, &["Location: /there"]), Scene::stream("data: a\n\n")];
    let mut origin = Origin::start(scenes).await;
    let world = World::with_secrets(&config(&origin.url("/"), BEARER), &[("ops", "t")]).await;
    let engine = world.start().await;
    let asked = origin.asked(2).await;
    assert_eq!(asked[1].line, "GET /there HTTP/1.1");
    assert_eq!(asked[1].header("authorization"), Some("Bearer t"));
    engine.shutdown().await;
}

#[tokio::test]
async fn a_redirect_loop_ends_after_ten_redirects() {
    let origin = Origin::start(vec![Scene::status(302, &["Location: /again"])]).await;
    let world = World::new(&config(&origin.url("/"), ""));
    let engine = world.start().await;
    assert_eq!(parked(&engine).await.reason, Reason::RedirectLoop("127.0.0.1/again".into()));
    assert_eq!(origin.count(), 11);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_secret_is_not_sent_unencrypted_over_the_network() {
    // 192.0.2.0/24 is for documentation (RFC 5737). The feed is parked before any connection.
    let world = World::with_secrets(&config("http://192.0.2.1/", BEARER), &[("ops", CANARY)]).await;
    let engine = world.start().await;
    let parked = parked(&engine).await;
    assert_eq!((parked.reason, parked.retry_at), (Reason::InsecureAuth, None));
    engine.shutdown().await;
}

#[tokio::test]
async fn a_rejected_secret_parks_the_feed_until_a_new_one_is_stored() {
    let scenes = vec![Scene::status(401, &[]), Scene::stream("data: a\n\n")];
    let mut origin = Origin::start(scenes).await;
    let world = World::with_secrets(&config(&origin.url("/"), BEARER), &[("ops", "old")]).await;
    let engine = world.start().await;
    let parked = parked(&engine).await;
    assert_eq!((parked.reason, parked.retry_at.is_some()), (Reason::SignInRefused(401), true));
    assert_eq!(origin.count(), 1);
    engine.sign_in(&parked.id, NewSecret::Bearer(Secret::new("new"))).await.unwrap();
    assert_eq!(data(&engine, 1).await, ["a"]);
    assert_eq!(origin.asked(2).await[1].header("authorization"), Some("Bearer new"));
    engine.shutdown().await;
}

#[tokio::test]
async fn a_secret_for_an_unknown_feed_is_not_stored() {
    let world = World::new("");
    let engine = world.start().await;
    let nobody = FeedId::parse("nobody").unwrap();
    assert!(engine.sign_in(&nobody, NewSecret::Bearer(Secret::new(CANARY))).await.is_err());
    assert_eq!(world.keychain.get("nobody").await, Err(SecretError::Missing("nobody".into())));
    engine.shutdown().await;
}

#[tokio::test]
async fn a_missing_secret_is_reported_and_no_request_is_sent() {
    let origin = Origin::start(vec![Scene::stream("")]).await;
    let world = World::new(&config(&origin.url("/"), BEARER));
    let engine = world.start().await;
    assert_eq!(parked(&engine).await.reason, Reason::SecretMissing("ops".into()));
    assert_eq!(origin.count(), 0);
    engine.shutdown().await;
}

#[tokio::test]
async fn an_address_with_a_token_is_in_no_file_but_the_configuration_and_in_no_row_or_status() {
    let scenes = vec![Scene::ended("retry: 10\nid: 1\ndata: a\n\n"), Scene::stream("id: 2\ndata: b\n\n")];
    let origin = Origin::start(scenes).await;
    let url = origin.url(&format!("/stream/{CANARY}?token={CANARY}#{CANARY}"));
    let world = World::new(&config(&url, ""));
    let engine = world.start().await;
    let rows = rows(&engine, |rows| data_of(rows).len() == 2).await;
    assert!(!format!("{rows:?}").contains(CANARY), "{rows:?}");
    assert!(rows.iter().any(|row| !matches!(row.body, RowBody::Event(_))), "{rows:?}");
    engine.shutdown().await;
    let holding = world.files().into_iter().filter(|(_, text)| text.contains(CANARY));
    let holding: Vec<_> = holding.map(|(path, _)| path.file_name().unwrap().to_owned()).collect();
    assert_eq!(holding, ["config.toml"]);
}

#[tokio::test]
async fn a_canary_secret_is_found_nowhere_on_disk_nor_in_the_status() {
    let origin = Origin::start(vec![Scene::stream("event: e\nid: 1\ndata: a\n\n")]).await;
    let world = World::new("");
    let engine = world.start().await;
    let secret = NewSecret::Basic { user: "ann".into(), password: Secret::new(CANARY) };
    assert!(!format!("{secret:?}").contains(CANARY));
    let wish = FeedWish { url: origin.url("/s"), secret: Some(secret), ..FeedWish::default() };
    engine.add_feed(wish).await.unwrap();
    data(&engine, 1).await;
    let status = format!("{:?}", engine.status().borrow());
    engine.shutdown().await;
    assert!(!status.contains(CANARY));
    let encoded = "YW5uOmNhbmFyeS01ZjFlOWM=";
    for (path, text) in world.files() {
        assert!(!text.contains(CANARY) && !text.contains(encoded), "{}", path.display());
    }
    assert!(world.config().contains("secret = "), "the name, not the secret, is in the file");
}

#[test]
fn what_asks_for_a_feed_prints_no_secret() {
    let url = format!("http://127.0.0.1:1/?token={CANARY}");
    let text = config(
        &url,
        &format!("method = \"POST\"\nbody = \"{CANARY}\"\nheaders = {{ X-Key = \"{CANARY}\" }}"),
    );
    let feeds = bellwire_engine::config::parse(&text).unwrap().feeds;
    let spec = bellwire_engine::feed::Spec::of(&feeds[0]);
    let answers = [("topic".to_owned(), CANARY.to_owned())].into();
    let secret = Some(NewSecret::Bearer(Secret::new(CANARY)));
    let wish = FeedWish { url, secret, answers, ..FeedWish::default() };
    for printed in [format!("{spec:?}"), format!("{wish:?}")] {
        assert!(!printed.contains(CANARY), "{printed}");
    }
}
