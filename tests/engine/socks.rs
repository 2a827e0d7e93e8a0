//! Proxies: SOCKS5, and which failures are a proxy's.

use std::net::SocketAddr;

use bellwire_engine::config::parse;
use bellwire_engine::event::{Fault, Reason};
use bellwire_engine::status::Connection;
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::socks::{Manner, Socks};
use bellwire_tests::support::world::{World, data, failure, feed, parked};
use tokio::net::TcpListener;

fn config(url: &str, proxy: &str) -> String {
    format!("[[feed]]\nid = \"f\"\nurl = \"{url}\"\nproxy = \"{proxy}\"\n")
}

fn address(origin: &Origin) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], origin.port()))
}

/// Returns the reason why a feed at `url` fails behind this proxy.
async fn failure_behind(proxy: &str, url: &str) -> Reason {
    let world = World::new(&config(url, proxy));
    let engine = world.start().await;
    let reason = failure(&engine).await;
    engine.shutdown().await;
    reason
}

#[tokio::test]
async fn a_feed_is_received_through_a_socks_proxy_that_looks_its_name_up() {
    let mut origin = Origin::start(vec![Scene::stream("data: a\n\n")]).await;
    let mut socks = Socks::start(Manner::Connects(address(&origin))).await;
    let world = World::new(&config("http://feed.invalid/stream", &format!("socks5h://{}", socks.address())));
    let engine = world.start().await;
    assert_eq!(data(&engine, 1).await, ["a"]);
    assert_eq!(socks.asked().await, ["name feed.invalid:80"]);
    assert_eq!(origin.asked(1).await[0].line, "GET /stream HTTP/1.1");
    engine.shutdown().await;
}

#[tokio::test]
async fn a_socks_proxy_that_gets_addresses_gets_no_name() {
    let origin = Origin::start(vec![Scene::stream("data: a\n\n")]).await;
    let mut socks = Socks::start(Manner::Connects(address(&origin))).await;
    let url = format!("http://localhost:{}/", origin.port());
    let world = World::new(&config(&url, &format!("socks5://{}", socks.address())));
    let engine = world.start().await;
    assert_eq!(data(&engine, 1).await, ["a"]);
    assert!(socks.asked().await[0].starts_with("ip "), "{:?}", socks.asked().await);
    engine.shutdown().await;
    let lookup = failure_behind(&format!("socks5://{}", socks.address()), "http://feed.invalid/").await;
    assert_eq!(lookup, Reason::Dns, "the lookup of this computer failed, not the proxy");
}

#[tokio::test]
async fn each_failure_of_a_socks_proxy_is_named_as_one_of_the_proxy() {
    let elsewhere = SocketAddr::from(([127, 0, 0, 1], 9));
    for (manner, fault) in [
        (Manner::Replies(1), Fault::ProxyFailed),
        (Manner::Replies(2), Fault::ProxyForbids),
        (Manner::Replies(3), Fault::ProxyNoRoute),
        (Manner::Replies(4), Fault::ProxyNoRoute),
        (Manner::Replies(5), Fault::ProxyServerRefused),
        (Manner::Replies(6), Fault::ProxyServerTimeout),
        (Manner::Replies(7), Fault::ProxyUnable),
        (Manner::Replies(8), Fault::ProxyUnable),
        (Manner::SignsIn(elsewhere, "ann", "secret"), Fault::ProxySignIn),
        (Manner::Hangs, Fault::ProxyBrokeOff),
        (Manner::Sends(b"HTTP/1.1 400 Bad Request\r\n\r\n"), Fault::ProxyNotSocks),
    ] {
        let socks = Socks::start(manner.clone()).await;
        let reason = failure_behind(&format!("socks5h://{}", socks.address()), "http://feed.invalid/").await;
        assert_eq!(reason, Reason::Proxy(fault.with("")), "{manner:?}");
    }
}

#[tokio::test]
async fn each_failure_of_an_http_proxy_is_named_as_one_of_the_proxy() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let wants_sign_in = || Scene::status(407, &["Proxy-Authenticate: Basic"]);
    for url in ["http://feed.invalid/", "https://feed.invalid/"] {
        let is = |reason: Reason, fault: Fault| assert_eq!(reason, Reason::Proxy(fault.with("")), "{url}");
        is(failure_behind(&format!("http://{closed}"), url).await, Fault::ProxyRefused);
        is(failure_behind("http://proxy.invalid:3128", url).await, Fault::ProxyNotFound);
        let proxy = Origin::start(vec![wants_sign_in()]).await;
        is(failure_behind(&proxy.url(""), url).await, Fault::ProxySignIn);
    }
    let proxy = Origin::start(vec![Scene::status(502, &[])]).await;
    let refused = failure_behind(&proxy.url(""), "https://feed.invalid/").await;
    assert_eq!(refused, Reason::Proxy(Fault::ProxyNoTunnel.with("")));
    let said = refused.to_string();
    assert_eq!(said, "no connection through the proxy: it did not connect to the server");
}

#[tokio::test]
async fn a_proxy_that_wants_a_sign_in_parks_the_feed_and_other_failures_are_tried_again() {
    let proxy = Origin::start(vec![Scene::status(407, &[])]).await;
    let world = World::new(&config("http://feed.invalid/", &proxy.url("")));
    let engine = world.start().await;
    assert_eq!(parked(&engine).await.reason, Reason::Proxy(Fault::ProxySignIn.with("")));
    engine.shutdown().await;
    let socks = Socks::start(Manner::Replies(1)).await;
    let world = World::new(&config("http://feed.invalid/", &format!("socks5h://{}", socks.address())));
    let engine = world.start().await;
    feed(&engine, |feed| matches!(feed.connection, Connection::Waiting { .. })).await;
    engine.shutdown().await;
}

#[test]
fn a_proxy_in_the_configuration_has_a_known_scheme_and_no_password() {
    let read = |proxy: &str| parse(&config("http://a.example", proxy));
    for good in
        ["socks5://127.0.0.1", "socks5h://proxy.example:9050", "socks5h://[::1]:1080/", "http://p:3128"]
    {
        assert!(read(good).is_ok(), "{good}");
    }
    for bad in ["socks4://a:1", "socks5h://ann:pw@a:1", "socks5h://", "socks5h://a/x", "ftp://a", "a:1080"] {
        assert!(read(bad).is_err(), "{bad}");
    }
}
