//! Answers as servers, and what is in front of them, really send them: heads that others read, fields that come twice,
//! pages to sign in.

use bellwire_engine::event::{Fault, Reason};
use bellwire_tests::support::origin::{Origin, Scene, Then};
use bellwire_tests::support::world::{World, data, failure};

const BEARER: &str = "auth = { type = \"bearer\", secret = \"ops\" }\n";

fn config(url: &str, more: &str) -> String {
    format!("[[feed]]\nid = \"f\"\nurl = \"{url}\"\n{more}\n")
}

fn raw(answer: &[u8]) -> Scene {
    Scene { answer: answer.to_vec(), then: Then::Hold }
}

/// Returns why a feed fails after these answers.
async fn reason(scenes: Vec<Scene>, more: &str) -> Reason {
    let origin = Origin::start(scenes).await;
    let world = World::with_secrets(&config(&origin.url("/s"), more), &[("ops", "wrong")]).await;
    let engine = world.start().await;
    let reason = failure(&engine).await;
    engine.shutdown().await;
    reason
}

#[tokio::test]
async fn heads_that_curl_reads_are_read() {
    let many: String = (0..4000).map(|n| format!("X-Field-{n}: {n}\r\n")).collect();
    for (what, fields) in [
        ("4000 fields", many.as_str()),
        ("a folded line", "X-Policy: a,\r\n b,\r\n\tc\r\n"),
        ("DEL in a cookie", "Set-Cookie: a=\u{7f}b\r\n"),
        ("a control character in a field", "X-Odd: a\u{1}b\r\n"),
        ("white space before a colon", "X-Odd : a\r\n"),
        ("a folded content type", "Content-Type:\r\n text/event-stream\r\n"),
        ("white space before the colon of the content type", "Content-Type : text/event-stream\r\n"),
        ("a name with a space", "X Odd: a\r\n"),
        ("a line without a colon", "nonsense\r\n"),
        ("UTF-8 in a field", "X-Name: 运维\r\n"),
    ] {
        let kind =
            if fields.contains("text/event-stream") { "" } else { "Content-Type: text/event-stream\r\n" };
        let head = format!("HTTP/1.1 200 OK\r\n{fields}{kind}\r\ndata: a\n\n");
        let origin = Origin::start(vec![raw(head.as_bytes())]).await;
        let world = World::new(&config(&origin.url("/"), ""));
        let engine = world.start().await;
        assert_eq!(data(&engine, 1).await, ["a"], "{what}");
        engine.shutdown().await;
    }
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_says_why() {
    let fields: String = (0..6000).map(|n| format!("X-{n}: {n}\r\n")).collect();
    let many = format!("HTTP/1.1 200 OK\r\n{fields}\r\n");
    let large = format!("HTTP/1.1 200 OK\r\nX-Large: {}\r\n\r\n", "x".repeat(500_000));
    for (answer, fault, words) in [
        (many.as_bytes(), Fault::HeadTooLarge, "its head is too large or has too many fields"),
        (large.as_bytes(), Fault::HeadTooLarge, "its head is too large or has too many fields"),
        (b"SSH-2.0-OpenSSH_9.2\r\n".as_slice(), Fault::NotHttp, "does not begin like an answer in HTTP"),
        (b"HTTP/1.1 2x0 OK\r\n\r\n", Fault::NotHttp, "does not begin like an answer in HTTP"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
            Fault::BadField,
            "a field of its head is not valid",
        ),
    ] {
        let reason = reason(vec![raw(answer)], "").await;
        assert_eq!(reason, Reason::Unreadable(fault.with("")));
        assert!(reason.to_string().contains(words), "{reason}");
    }
}

#[tokio::test]
async fn fields_that_come_twice_are_read_as_browsers_do() {
    let stream = "Content-Type: text/event-stream";
    for fields in [["Content-Type: text/html", stream], [stream, stream], [stream, "Content-Type: */*"]] {
        let head = format!("HTTP/1.1 200 OK\r\n{}\r\n\r\ndata: a\n\n", fields.join("\r\n"));
        let origin = Origin::start(vec![raw(head.as_bytes())]).await;
        let world = World::new(&config(&origin.url("/"), ""));
        let engine = world.start().await;
        assert_eq!(data(&engine, 1).await, ["a"], "{fields:?}");
        engine.shutdown().await;
    }
    let two_types = Scene::status(200, &[stream, "Content-Type: text/html"]);
    assert_eq!(reason(vec![two_types], "").await, Reason::WrongType("text/html".into()));
    let two_codings = Scene::status(200, &[stream, "Content-Encoding: identity", "Content-Encoding: gzip"]);
    assert_eq!(reason(vec![two_codings], "").await, Reason::Encoding("identity, gzip".into()));
    let two_targets = Scene::status(302, &["Location: /a", "Location: /b"]);
    assert_eq!(reason(vec![two_targets], "").await, Reason::Unreadable(Fault::BadField.with("location")));
    let one_target_twice = Scene::status(302, &["Location: /a", "Location: /a"]);
    assert_eq!(reason(vec![one_target_twice, Scene::status(404, &[])], "").await, Reason::NotFound(404));
}

#[tokio::test]
async fn a_person_may_set_accept_and_it_stays_with_the_feeds_server() {
    let accept = "application/json, text/event-stream";
    let mut other = Origin::start(vec![Scene::stream("data: a\n\n")]).await;
    let away = format!("Location: {}", other.url("/"));
    let mut origin = Origin::start(vec![Scene::status(302, &[&away])]).await;
    let world = World::new(&config(&origin.url("/"), &format!("headers = {{ Accept = \"{accept}\" }}")));
    let engine = world.start().await;
    assert_eq!(data(&engine, 1).await, ["a"]);
    let values = |headers: &[(String, String)]| -> Vec<String> {
        headers.iter().filter(|(name, _)| name == "accept").map(|(_, value)| value.clone()).collect()
    };
    assert_eq!(values(&origin.asked(1).await[0].headers), [accept]);
    assert_eq!(values(&other.asked(1).await[0].headers), ["text/event-stream"]);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_wrong_token_reads_otherwise_than_none() {
    for (status, words) in [(401, "the sign-in was not accepted (401)"), (403, "lacks the permission")] {
        let refused = reason(vec![Scene::status(status, &[])], BEARER).await;
        assert_eq!(refused, Reason::SignInRefused(status));
        assert!(refused.to_string().contains(words), "{refused}");
        let none = reason(vec![Scene::status(status, &[])], "").await;
        assert_eq!(none, Reason::SignIn(status));
        assert!(none.to_string().contains("not signed in"), "{none}");
    }
}

#[tokio::test]
async fn a_redirect_to_a_sign_in_page_says_so_with_its_path_and_without_its_query() {
    let page = || Scene::status(200, &["Content-Type: text/html"]);
    let other = Origin::start(vec![page()]).await;
    let away = format!("Location: {}", other.url("/oauth2/authorize?client=1"));
    for (location, path) in [
        ("Location: /user/login?redirect_to=%2fs", "127.0.0.1/user/login"),
        (away.as_str(), "127.0.0.1/oauth2/authorize"),
    ] {
        let to_page = || vec![Scene::status(303, &[location]), page()];
        let refused = reason(to_page(), BEARER).await;
        assert_eq!(refused, Reason::SignInRefusedForPage(path.into()));
        assert!(refused.to_string().starts_with("the sign-in was not accepted: "), "{refused}");
        let none = reason(to_page(), "").await;
        assert_eq!(none, Reason::SignInPage(path.into()));
        assert!(none.to_string().starts_with("not signed in: "), "{none}");
    }
    // Also where the page cannot be followed to, or leads back to itself.
    let circle = Scene::status(303, &["Location: /login"]);
    assert_eq!(reason(vec![circle], BEARER).await, Reason::SignInRefusedForPage("127.0.0.1/login".into()));
    let posts = format!("{BEARER}method = \"POST\"\nbody = \"x\"\n");
    let elsewhere = Scene::status(307, &[&away]);
    let kept = reason(vec![elsewhere], &posts).await;
    assert_eq!(kept, Reason::SignInRefusedForPage("127.0.0.1/oauth2/authorize".into()));
}

#[tokio::test]
async fn a_stream_behind_a_sign_in_page_that_lets_one_through_is_received() {
    let leads = |to: &str| Scene::status(302, &[&format!("Location: {to}"), "Set-Cookie: seen=1"]);
    let origin =
        Origin::start(vec![leads("/login?next=/s"), leads("/s"), Scene::stream("data: a\n\n")]).await;
    let world = World::new(&config(&origin.url("/s"), ""));
    let engine = world.start().await;
    assert_eq!(data(&engine, 1).await, ["a"]);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_page_of_another_host_is_named_with_that_host() {
    let portal = Origin::start(vec![Scene::status(200, &["Content-Type: text/html; charset=utf-8"])]).await;
    let to_portal = format!("Location: http://localhost:{}/welcome?mac=1", portal.port());
    let named = reason(vec![Scene::status(302, &[&to_portal])], "").await;
    assert_eq!(named, Reason::PageElsewhere("localhost".into()));
    let said = named.to_string();
    assert_eq!(said, "redirected to localhost, which sent a page and not an event stream");
}

#[tokio::test]
async fn a_redirect_to_itself_is_called_a_loop() {
    let circle = reason(vec![Scene::status(302, &["Location: /s?again"])], "").await;
    assert_eq!(circle, Reason::RedirectLoop("127.0.0.1/s".into()));
    assert_eq!(circle.to_string(), "the redirects lead in a circle, to 127.0.0.1/s");
}
