//! Services that must be told what to send on each connection.

use bellwire_engine::config::parse;
use bellwire_engine::event::{Reason, RowBody};
use bellwire_engine::ports::Secrets;
use bellwire_engine::secrets::Secret;
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::world::{World, data, data_of, rows};

use crate::resume::one_feed;

const KEYS: &str = "allow_insecure_auth = false\nauth = { type = \"bearer\", secret = \"s\" }\nsubscribe = { on = \"hello\", url = \"/topics?x=1\", \
                    body = '{\"client\": {{ data.id|tojson }}, \"topics\": [\"a\"]}' }\n";

const HELLO: &str = "retry: 300\n\nevent: hello\ndata: {\"id\":\"c\\\"1\"}\n\n";

#[tokio::test]
async fn the_request_follows_the_greeting_with_its_body_and_the_feeds_secret() {
    let scenes = vec![Scene::stream(HELLO), Scene::status(204, &[])];
    let mut origin = Origin::start(scenes).await;
    let world = World::new(&format!("{}{KEYS}", one_feed(&origin)));
    world.keychain.set("s", Secret::new("t0ken")).await.unwrap();
    let engine = world.start().await;
    let asked = origin.asked(2).await.remove(1);
    assert_eq!(asked.line, "POST /topics?x=1 HTTP/1.1");
    assert_eq!(asked.body, r#"{"client": "c\"1", "topics": ["a"]}"#);
    assert_eq!(asked.header("content-type"), Some("application/json"));
    assert_eq!(asked.header("authorization"), Some("Bearer t0ken"));
    origin.send("data: topic\n\n");
    assert_eq!(data(&engine, 2).await[1], "topic");
    engine.shutdown().await;
}

#[tokio::test]
async fn a_refused_subscription_is_told_and_retried_with_the_connection() {
    let scenes =
        vec![Scene::stream(HELLO), Scene::status(404, &[]), Scene::stream(HELLO), Scene::status(200, &[])];
    let mut origin = Origin::start(scenes).await;
    let world = World::at_speed(&format!("{}{KEYS}", one_feed(&origin)), 20);
    world.keychain.set("s", Secret::new("t0ken")).await.unwrap();
    let engine = world.start().await;
    let lines: Vec<String> = origin.asked(4).await.into_iter().map(|asked| asked.line).collect();
    assert_eq!(lines[2], "GET /stream HTTP/1.1");
    let all = rows(&engine, |rows| data_of(rows).len() == 2).await;
    let told = all.iter().any(|row| match &row.body {
        RowBody::Reconnecting(wait) => wait.reason == Reason::Subscribe("status 404".into()),
        _ => false,
    });
    assert!(told, "{all:#?}");
    engine.shutdown().await;
}

#[test]
fn the_address_of_the_request_is_of_the_feeds_own_origin() {
    let text = |url: &str| {
        format!(
            "[[feed]]\nid = \"a\"\nurl = \"https://a.example/s\"\nsubscribe = {{ on = \"x\", url = \"{url}\" }}\n"
        )
    };
    let config = parse(&text("sub")).unwrap();
    assert_eq!(config.feeds[0].subscribe.as_ref().unwrap().url.as_str(), "https://a.example/sub");
    for other in ["https://b.example/", "http://a.example/", "//b.example/x", "https://a.example:8443/"] {
        let problem = parse(&text(other)).unwrap_err().to_string();
        assert!(problem.contains("line 4, column 31: expected an address of the feed's own"), "{problem}");
    }
}

#[tokio::test]
async fn a_greeting_that_comes_again_sends_no_second_request() {
    let greeting = "event: hello\ndata: {\"id\":\"c\"}\n\n";
    let mut origin = Origin::start(vec![Scene::stream(&greeting.repeat(3)), Scene::status(200, &[])]).await;
    let world = World::new(&format!("{}{KEYS}", one_feed(&origin)));
    world.keychain.set("s", Secret::new("t0ken")).await.unwrap();
    let engine = world.start().await;
    origin.asked(2).await;
    origin.send(&format!("{greeting}data: end\n\n"));
    assert_eq!(data(&engine, 5).await[4], "end");
    engine.shutdown().await;
    assert_eq!(origin.count(), 2);
}
