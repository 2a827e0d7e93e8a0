//! Measures the time from an event on the socket to the call of the notification service, at a rate at which people
//! read.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use bellwire_tests::support::bus::PrivateBus;
use bellwire_tests::support::notifyd::{NotificationDaemon, USUAL_CAPABILITIES};

use crate::feeds::config;
use crate::machine;
use crate::receiver::Receiver;
use crate::words::value;

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";

/// Runs `notify [--events N] [--pace-ms P]`.
pub async fn run(words: &[String]) {
    let events: usize = value(words, "--events", 60);
    let pace = Duration::from_millis(value(words, "--pace-ms", 300));
    let bus = PrivateBus::start().await;
    let daemon = NotificationDaemon::on(bus.connect().await, USUAL_CAPABILITIES).await;
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let variables = [("DBUS_SESSION_BUS_ADDRESS", bus.address())];
    let _receiver = Receiver::bellwire(&config(1, port, ""), &variables);
    let sending = tokio::task::spawn_blocking(move || send(&listener, events, pace).expect("a connection"));
    let (sent, _connection) = sending.await.expect("the server's thread");
    let last = (events - 1).to_string();
    daemon.wait_for("the last notification", |call| call.body == last).await;
    let calls = daemon.calls();
    let mut delays: Vec<Duration> = calls
        .iter()
        .filter_map(|call| {
            Some(call.at.saturating_duration_since(*sent.get(call.body.parse::<usize>().ok()?)?))
        })
        .collect();
    delays.sort_unstable();
    let at = |part: f64| delays[((delays.len() - 1) as f64 * part).ceil() as usize].as_secs_f64() * 1e3;

    println!("## From the event to the notification\n");
    println!(
        "{events} events, one each {} ms; `bellwire run` and a notification daemon on a message bus of their own; load \
         average {}.\n",
        pace.as_millis(),
        machine::load()
    );
    println!("| | |\n|---|---|");
    println!("| events sent, notifications shown | {events}, {} |", calls.len());
    println!(
        "| from the server's write to the daemon's call | p50 {:.1} ms, p99 {:.1} ms, worst {:.1} ms |",
        at(0.5),
        at(0.99),
        at(1.0)
    );
}

/// Accepts one connection and sends the events. Returns when each was written, and the open connection.
fn send(listener: &TcpListener, events: usize, pace: Duration) -> std::io::Result<(Vec<Instant>, TcpStream)> {
    let (mut stream, _) = listener.accept()?;
    stream.set_nodelay(true)?;
    // A request of a few hundred bytes arrives in one read.
    if stream.read(&mut [0; 4096])? == 0 {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    stream.write_all(HEAD)?;
    let mut sent = Vec::new();
    for n in 0..events {
        std::thread::sleep(pace);
        let event = format!("id: {n}\nevent: alert\ndata: {{\"title\":\"{n}\"}}\n\n");
        sent.push(Instant::now());
        stream.write_all(event.as_bytes())?;
    }
    Ok((sent, stream))
}
