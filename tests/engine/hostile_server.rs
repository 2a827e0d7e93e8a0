//! Servers that choose what the next request carries, where it goes and who gets the secret.

use bellwire_engine::event::{GapReason, Reason, RowBody};
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::world::{World, data, data_of, feed, parked, rows};

const CANARY: &str = "canary-5f1e9c";
const BEARER: &str = "auth = { type = \"bearer\", secret = \"ops\" }\n";

fn config(url: &str, more: &str) -> String {
    format!("[[feed]]\nid = \"f\"\nurl = \"{url}\"\n{more}\n")
}

fn gaps(rows: &[bellwire_engine::event::Row]) -> Vec<GapReason> {
    let gap = |row: &bellwire_engine::event::Row| match &row.body {
        RowBody::Gap(gap) => Some(gap.reason),
        _ => None,
    };
    rows.iter().filter_map(gap).collect()
}

#[tokio::test]
async fn an_oversize_id_in_a_response_header_is_not_sent_back() {
    let header = format!("Last-Event-ID: {}", "x".repeat(60_000));
    let scenes = vec![Scene::ended_with(&[&header], "retry: 10\n\n"), Scene::stream("data: a\n\n")];
    let mut origin = Origin::start(scenes).await;
    let world = World::new(&config(&origin.url("/"), ""));
    let engine = world.start().await;
    assert_eq!(data(&engine, 1).await, ["a"]);
    assert_eq!(origin.asked(2).await[1].header("last-event-id"), None);
    assert_eq!(feed(&engine, |_| true).await.last_event_id, "");
    engine.shutdown().await;
}

#[tokio::test]
async fn a_request_that_is_too_large_is_asked_once_without_what_the_server_made_it_carry() {
    for status in [400, 413, 414, 431] {
        let first = Scene::ended_with(&["Set-Cookie: node=7"], "retry: 10\nid: 1\ndata: a\n\n");
        let scenes = vec![first, Scene::status(status, &[]), Scene::stream("data: b\n\n")];
        let mut origin = Origin::start(scenes).await;
        let world = World::new(&config(&origin.url("/"), ""));
        let engine = world.start().await;
        let all = rows(&engine, |rows| data_of(rows).len() == 2).await;
        let echoed: Vec<_> = origin
            .asked(3)
            .await
            .iter()
            .map(|asked| (asked.header("last-event-id").is_some(), asked.header("cookie").is_some()))
            .collect();
        assert_eq!(echoed, [(false, false), (true, true), (false, false)], "{status}");
        assert_eq!(gaps(&all), [GapReason::PlaceRefused], "{status}");
        engine.shutdown().await;
    }
}

#[tokio::test]
async fn cookies_that_are_too_large_are_dropped_also_where_nothing_is_resumed() {
    let first = Scene::ended_with(&["Set-Cookie: node=7"], "retry: 10\ndata: a\n\n");
    let scenes = vec![first, Scene::status(431, &[]), Scene::stream("data: b\n\n")];
    let mut origin = Origin::start(scenes).await;
    let world = World::new(&config(&origin.url("/"), ""));
    let engine = world.start().await;
    data(&engine, 2).await;
    let cookies: Vec<_> =
        origin.asked(3).await.iter().map(|asked| asked.header("cookie").is_some()).collect();
    assert_eq!(cookies, [false, true, false]);
    engine.shutdown().await;
}

#[tokio::test]
async fn whatever_may_be_a_secret_is_not_sent_over_plain_http() {
    // 192.0.2.0/24 is for documentation (RFC 5737). The feed is parked before any connection.
    let far = "http://192.0.2.1/";
    let secrets = [("ops", CANARY)];
    for more in [
        BEARER,
        "auth = { type = \"query\", name = \"token\", secret = \"ops\" }",
        "headers = { X-API-Key = \"k\" }",
        "headers = { Proxy-Authorization = \"Basic k\" }",
        "method = \"POST\"\nbody = \"private\"",
    ] {
        let world = World::with_secrets(&config(far, more), &secrets).await;
        let engine = world.start().await;
        assert_eq!(parked(&engine).await.reason, Reason::InsecureAuth, "{more}");
        engine.shutdown().await;
    }
    // Through a proxy nothing is on this machine, whatever its name is.
    let mut proxy = Origin::start(vec![Scene::stream("data: a\n\n")]).await;
    let through = format!("proxy = \"{}\"\n", proxy.url(""));
    for host in ["localhost", "127.0.0.1", "[::1]"] {
        let text = config(&format!("http://{host}/"), &format!("{through}{BEARER}"));
        let world = World::with_secrets(&text, &secrets).await;
        let engine = world.start().await;
        assert_eq!(parked(&engine).await.reason, Reason::InsecureAuth, "{host}");
        engine.shutdown().await;
    }
    assert_eq!(proxy.count(), 0);
    let harmless = "headers = { User-Agent = \"test\", Accept-Language = \"de\" }";
    let world = World::new(&config("http://localhost/", &format!("{through}{harmless}")));
    let engine = world.start().await;
    assert_eq!(proxy.asked(1).await[0].header("user-agent"), Some("test"));
    engine.shutdown().await;
}

#[tokio::test]
async fn userinfo_of_a_redirect_signs_in_nowhere() {
    let mut other = Origin::start(vec![Scene::stream("data: a\n\n")]).await;
    let location = format!("Location: http://user:{CANARY}@127.0.0.1:{}/there", other.port());
    let origin = Origin::start(vec![Scene::status(302, &[&location])]).await;
    let world = World::new(&config(&origin.url("/"), ""));
    let engine = world.start().await;
    data(&engine, 1).await;
    assert_eq!(other.asked(1).await[0].header("authorization"), None);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_chain_that_leads_back_gets_no_secret_and_the_reason_names_the_redirect() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let home = format!("http://{}", listener.local_addr().unwrap());
    let back = format!("Location: {home}/chosen?by=b");
    let other = Origin::start(vec![Scene::status(302, &[&back])]).await;
    let away = format!("Location: {}", other.url("/there"));
    let scenes = vec![Scene::status(302, &["Set-Cookie: node=7", &away]), Scene::status(401, &[])];
    let mut origin = Origin::on(listener, scenes);
    let more = format!("{BEARER}headers = {{ X-Key = \"k\" }}");
    let world = World::with_secrets(&config(&format!("{home}/"), &more), &[("ops", CANARY)]).await;
    let engine = world.start().await;
    assert_eq!(parked(&engine).await.reason, Reason::SignInElsewhere("127.0.0.1".into()));
    let asked = origin.asked(2).await;
    assert!(asked[0].header("authorization").is_some());
    assert_eq!(asked[1].line, "GET /chosen?by=b HTTP/1.1");
    for name in ["authorization", "x-key", "cookie"] {
        assert_eq!(asked[1].header(name), None, "{name}");
    }
    engine.shutdown().await;
}

#[tokio::test]
async fn the_internet_does_not_redirect_to_a_private_network_unless_the_feed_allows_it() {
    // A proxy plays a server of the internet; each target would be asked for through it as well.
    for target in ["127.0.0.1", "[::ffff:a00:1]", "169.254.169.254", "localhost", "nas"] {
        let location = format!("Location: http://{target}/admin");
        let leads = || Scene::status(302, &[&location]);
        let mut proxy = Origin::start(vec![leads(), leads(), Scene::stream("data: a\n\n")]).await;
        let through = format!("proxy = \"{}\"\n", proxy.url(""));
        let url = "http://feed.example/";
        let world = World::new(&config(url, &through));
        let engine = world.start().await;
        assert!(matches!(parked(&engine).await.reason, Reason::PrivateRedirect(_)), "{target}");
        assert_eq!(proxy.count(), 1);
        world.write_config(&config(url, &format!("{through}allow_private_redirect = true")));
        assert_eq!(data(&engine, 1).await, ["a"], "{target}");
        assert_eq!(proxy.asked(3).await[2].line, format!("GET http://{target}/admin HTTP/1.1"));
        engine.shutdown().await;
    }
}

#[tokio::test]
async fn a_redirect_with_raw_utf_8_is_followed_and_an_endless_one_is_not() {
    let scenes = vec![Scene::status(302, &["Location: /météo?q=天"]), Scene::stream("data: a\n\n")];
    let mut origin = Origin::start(scenes).await;
    let world = World::new(&config(&origin.url("/"), ""));
    let engine = world.start().await;
    data(&engine, 1).await;
    assert_eq!(origin.asked(2).await[1].line, "GET /m%C3%A9t%C3%A9o?q=%E5%A4%A9 HTTP/1.1");
    engine.shutdown().await;

    let location = format!("Location: /{}", "x".repeat(9000));
    let origin = Origin::start(vec![Scene::status(302, &[&location])]).await;
    let world = World::new(&config(&origin.url("/"), ""));
    let engine = world.start().await;
    assert!(matches!(parked(&engine).await.reason, Reason::Redirect(_)));
    assert_eq!(origin.count(), 1);
    engine.shutdown().await;
}
