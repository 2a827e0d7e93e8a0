//! Connections through proxies, over IPv6, through load balancers with cookies, and over slow links.

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use bellwire_engine::event::RowBody;
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::programs;
use bellwire_tests::support::socks::{Manner, Socks};
use bellwire_tests::support::world::{World, data, rows};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::process::Command;

fn config(url: &str, more: &str) -> String {
    format!("[[feed]]\nid = \"f\"\nurl = \"{url}\"\n{more}\n")
}

/// Returns the output of `bellwire watch` with this proxy in this variable of its environment.
async fn watched(world: &World, target: &str, variable: &str, proxy: &str) -> String {
    let mut command = Command::new(programs::command_line());
    command.arg("--home").arg(world.dir()).args(["watch", target, "-n", "1", "--for", "20s"]);
    for name in ["http_proxy", "https_proxy", "all_proxy", "no_proxy"] {
        command.env_remove(name).env_remove(name.to_uppercase());
    }
    command.env(variable, proxy).env_remove("REQUEST_METHOD").stdin(Stdio::null()).kill_on_drop(true);
    let output = command.output().await.unwrap();
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

#[tokio::test]
async fn the_systems_proxy_is_used_unless_the_feed_turns_it_off() {
    let mut proxy = Origin::start(vec![Scene::stream("data: through\n\n")]).await;
    let world = World::new("");
    let text = watched(&world, "http://feed.invalid/stream", "http_proxy", &proxy.url("")).await;
    assert!(text.contains("\"data\":\"through\""), "{text}");
    assert_eq!(proxy.asked(1).await[0].line, "GET http://feed.invalid/stream HTTP/1.1");

    let origin = Origin::start(vec![Scene::stream("data: direct\n\n")]).await;
    world.write_config(&config(&origin.url("/"), "proxy = \"none\""));
    let text = watched(&world, "f", "http_proxy", &proxy.url("")).await;
    assert!(text.contains("\"data\":\"direct\""), "{text}");
    assert_eq!(proxy.count(), 1);
}

#[tokio::test]
async fn a_socks_proxy_in_the_environment_is_used() {
    for (variable, user) in [("ALL_PROXY", ""), ("all_proxy", ""), ("ALL_PROXY", "ann:s%40cret@")] {
        let origin = Origin::start(vec![Scene::stream("data: through\n\n")]).await;
        let target = SocketAddr::from(([127, 0, 0, 1], origin.port()));
        let manner = match user {
            "" => Manner::Connects(target),
            _ => Manner::SignsIn(target, "ann", "s@cret"),
        };
        let mut socks = Socks::start(manner).await;
        let proxy = format!("socks5h://{user}{}", socks.address());
        let text = watched(&World::new(""), "http://feed.invalid/stream", variable, &proxy).await;
        assert!(text.contains("\"data\":\"through\""), "{text}");
        assert_eq!(socks.asked().await, ["name feed.invalid:80"]);
    }
}

#[tokio::test]
async fn a_feed_is_received_over_ipv6() {
    let listener = TcpListener::bind("[::1]:0").await.unwrap();
    let origin = Origin::on(listener, vec![Scene::stream("data: six\n\n")]);
    assert!(origin.url("/").starts_with("http://[::1]:"));
    let world = World::new(&config(&origin.url("/"), ""));
    let engine = world.start().await;
    assert_eq!(data(&engine, 1).await, ["six"]);
    engine.shutdown().await;
}

#[tokio::test]
async fn cookies_are_kept_for_their_feed_alone() {
    let balanced = Scene::ended_with(&["Set-Cookie: node=7; Path=/"], "data: a\n\n");
    let mut origin = Origin::start(vec![balanced, Scene::stream("data: b\n\n")]).await;
    let world = World::at_speed(&config(&origin.url("/"), ""), 20);
    let engine = world.start().await;
    data(&engine, 2).await;
    let asked = origin.asked(2).await;
    assert_eq!((asked[0].header("cookie"), asked[1].header("cookie")), (None, Some("node=7")));
    let other = format!("[[feed]]\nid = \"g\"\nurl = \"{}\"\n", origin.url("/other"));
    world.write_config(&format!("{}{other}", world.config()));
    let asked = origin.asked(3).await;
    assert_eq!((asked[2].line.as_str(), asked[2].header("cookie")), ("GET /other HTTP/1.1", None));
    engine.shutdown().await;
}

#[tokio::test]
async fn single_bytes_two_seconds_apart_cause_no_reconnect() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let world = World::at_speed(&config(&url, "idle_timeout = \"30s\""), 40);
    let clock = world.ports().clock;
    let connections = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        for byte in "event: slow\nid: 1\ndata: one byte at a time\n\n".bytes() {
            clock.sleep(Duration::from_secs(2)).await;
            stream.write_all(&[byte]).await.unwrap();
        }
        let again = tokio::time::timeout(Duration::from_millis(50), listener.accept()).await;
        (stream, again.is_ok())
    });
    let engine = world.start().await;
    assert_eq!(data(&engine, 1).await, ["one byte at a time"]);
    let all = rows(&engine, |_| true).await;
    assert!(!all.iter().any(|row| matches!(row.body, RowBody::Reconnecting(_))), "{all:?}");
    let (_stream, has_reconnected) = connections.await.unwrap();
    assert!(!has_reconnected);
    engine.shutdown().await;
}
