//! Hints that the machine woke or its network changed: they only make a feed retry sooner.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use bellwire_engine::event::{Row, RowBody};
use bellwire_engine::ports::Hint;
use bellwire_engine::status::Connection;
use bellwire_engine::system::SystemHints;
use bellwire_engine::{Engine, Home, Ports};
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::wait::until;
use bellwire_tests::support::world::{World, data, feed, rows};
use bellwire_tests::support::{bus, programs};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// An address that the test machine does not have.
const ADDRESS: &str = "198.51.100.7";

fn config(url: &str) -> String {
    format!("[[feed]]\nid = \"f\"\nurl = \"{url}\"\nidle_timeout = \"off\"\n")
}

/// Starts a captive portal that then gives way to a stream. It parks the feed, so that the next attempt is 5 min away.
async fn parking() -> Origin {
    let portal = Scene::status(200, &["Content-Type: text/html"]);
    Origin::start(vec![portal, Scene::stream("data: a\n\n")]).await
}

fn is_parked(connection: &Connection) -> bool {
    matches!(connection, Connection::Parked { .. })
}

#[tokio::test]
async fn a_change_of_the_network_ends_a_delay() {
    let origin = parking().await;
    let world = World::new(&config(&origin.url("/")));
    let engine = world.start().await;
    feed(&engine, |feed| is_parked(&feed.connection)).await;
    world.hints.give(Hint::NetworkChanged);
    assert_eq!(data(&engine, 1).await, ["a"]);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_change_of_the_network_does_not_shorten_retry_after() {
    let scenes = vec![Scene::status(503, &["Retry-After: 300"]), Scene::stream("data: a\n\n")];
    let origin = Origin::start(scenes).await;
    changes_do_not_retry_sooner(&origin, |connection| matches!(connection, Connection::Waiting { .. })).await;
}

#[tokio::test]
async fn a_change_of_the_network_does_not_retry_a_404_sooner() {
    let origin = Origin::start(vec![Scene::status(404, &[]), Scene::stream("data: a\n\n")]).await;
    changes_do_not_retry_sooner(&origin, is_parked).await;
}

/// Checks that ten changes of the network do not shorten a delay of at least 5 min after the first response.
async fn changes_do_not_retry_sooner(origin: &Origin, waits: fn(&Connection) -> bool) {
    let world = World::at_speed(&config(&origin.url("/")), 100);
    let clock = world.ports().clock;
    let began = clock.mono();
    let engine = world.start().await;
    feed(&engine, |feed| waits(&feed.connection)).await;
    for _ in 0..10 {
        world.hints.give(Hint::NetworkChanged);
        clock.sleep(Duration::from_secs(15)).await;
    }
    data(&engine, 1).await;
    assert!(clock.mono() - began >= Duration::from_secs(300));
    engine.shutdown().await;
}

#[tokio::test]
async fn continual_network_changes_cause_at_most_ninety_attempts_an_hour() {
    let origin = Origin::start(vec![Scene::status(503, &[])]).await;
    let world = World::at_speed(&config(&origin.url("/")), 400);
    let clock = world.ports().clock;
    let engine = world.start().await;
    let began = clock.mono();
    while clock.mono() - began < Duration::from_secs(3500) {
        world.hints.give(Hint::NetworkChanged);
        clock.sleep(Duration::from_secs(1)).await;
    }
    let tries = origin.count();
    assert!((31..=90).contains(&tries), "{tries} tries within an hour");
    engine.shutdown().await;
}

#[tokio::test]
async fn a_quiet_connection_with_an_unchanged_route_survives_network_changes() {
    let origin = Origin::start(vec![Scene::stream("data: a\n\n")]).await;
    let world = World::at_speed(&config(&origin.url("/")), 20);
    let clock = world.ports().clock;
    let engine = world.start().await;
    data(&engine, 1).await;
    for _ in 0..5 {
        world.hints.give(Hint::NetworkChanged);
        clock.sleep(Duration::from_secs(12)).await;
    }
    origin.send("data: b\n\n");
    assert_eq!(data(&engine, 2).await, ["a", "b"]);
    assert_eq!(origin.count(), 1);
    engine.shutdown().await;
}

#[tokio::test]
async fn repeated_hints_do_not_delay_the_renewal_of_a_dead_connection() {
    let origin = Origin::start(vec![Scene::stream("data: a\n\n"), Scene::stream("data: b\n\n")]).await;
    let world = World::at_speed(&config(&origin.url("/")), 10);
    let clock = world.ports().clock;
    let engine = world.start().await;
    data(&engine, 1).await;
    // The clock and logind both report a wake-up. Here hints repeat at intervals shorter than the probe.
    for _ in 0..20 {
        world.hints.give(Hint::Woke);
        clock.sleep(Duration::from_millis(1500)).await;
    }
    assert!(origin.count() >= 2, "30 s after the first hint");
    engine.shutdown().await;
}

#[tokio::test]
async fn a_hint_during_an_attempt_does_not_renew_the_new_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let world = World::at_speed(&config(&format!("http://{}/", listener.local_addr().unwrap())), 10);
    let clock = world.ports().clock;
    let engine = world.start().await;
    let (mut stream, _) = listener.accept().await.unwrap();
    let asked = stream.read(&mut [0; 4096]).await.unwrap();
    assert!(asked > 0);
    world.hints.give(Hint::Woke);
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    feed(&engine, |feed| feed.connection.is_live()).await;
    // Five times the probe's time.
    clock.sleep(Duration::from_secs(10)).await;
    stream.write_all(b"data: quiet and well\n\n").await.unwrap();
    assert_eq!(data(&engine, 1).await, ["quiet and well"]);
    assert_eq!(drops(&rows(&engine, |_| true).await), 0);
    engine.shutdown().await;
}

fn drops(rows: &[Row]) -> usize {
    rows.iter().filter(|row| matches!(row.body, RowBody::Reconnecting(_))).count()
}

#[tokio::test]
async fn a_wake_up_signal_of_logind_ends_a_delay() {
    let system = bus::PrivateBus::start().await;
    let logind = system.connect().await;
    logind.request_name("org.freedesktop.login1").await.unwrap();
    let mut origin = parking().await;
    let world = World::new(&config(&origin.url("/")));
    let mut command = tokio::process::Command::new(programs::command_line());
    command.arg("--home").arg(world.dir()).args(["run"]);
    command.env("DBUS_SYSTEM_BUS_ADDRESS", system.address()).stdin(Stdio::null()).kill_on_drop(true);
    let mut running = command.spawn().unwrap();
    origin.asked(1).await;
    let tell = async |is_before: bool| {
        let (path, interface) = ("/org/freedesktop/login1", "org.freedesktop.login1.Manager");
        logind.emit_signal(None::<&str>, path, interface, "PrepareForSleep", &is_before).await.unwrap();
    };
    // Sent repeatedly, because the program subscribes a moment after it starts.
    until("the next try", async || {
        tell(false).await;
        (origin.count() >= 2).then_some(())
    })
    .await;
    running.kill().await.unwrap();
}

#[tokio::test]
async fn without_a_system_bus_events_are_received() {
    let mut origin = Origin::start(vec![Scene::stream("data: a\n\n")]).await;
    let world = World::new(&config(&origin.url("/")));
    let mut command = tokio::process::Command::new(programs::command_line());
    command.arg("--home").arg(world.dir()).args(["run"]);
    command.env("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere/bus").stdin(Stdio::null());
    command.stderr(Stdio::piped()).stdout(Stdio::null()).kill_on_drop(true);
    let mut running = command.spawn().unwrap();
    origin.asked(1).await;
    running.kill().await.unwrap();
    let words = running.wait_with_output().await.unwrap().stderr;
    let words = String::from_utf8_lossy(&words).into_owned();
    assert!(!words.contains("logind") && !words.contains("bus"), "{words}");
}

/// Runs again in a process with its own network namespace, which it can change.
#[tokio::test]
async fn a_new_address_of_the_machine_ends_a_delay() {
    const INSIDE: &str = "BELLWIRE_TEST_INSIDE_A_NETWORK_OF_ITS_OWN";
    if std::env::var_os(INSIDE).is_none() {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--net"]).arg(std::env::current_exe().unwrap());
        command.args(["--exact", "hints::a_new_address_of_the_machine_ends_a_delay", "--nocapture"]);
        let output = command.env(INSIDE, "1").stdin(Stdio::null()).output().expect("unshare starts");
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.success() && text.contains("1 passed"), "{text}");
        return;
    }
    ip(&["link", "set", "lo", "up"]);
    let origin = parking().await;
    let world = World::new(&config(&origin.url("/")));
    let ports = Ports { hints: Arc::new(SystemHints), ..world.ports() };
    let engine = Engine::start(Home::at(world.dir()), ports).await.unwrap();
    feed(&engine, |feed| is_parked(&feed.connection)).await;
    ip(&["address", "add", ADDRESS, "dev", "lo"]);
    assert_eq!(data(&engine, 1).await, ["a"]);
    engine.shutdown().await;
}

fn ip(arguments: &[&str]) {
    let status = Command::new("ip").args(arguments).stdin(Stdio::null()).status().expect("ip starts");
    assert!(status.success(), "ip {arguments:?}");
}
