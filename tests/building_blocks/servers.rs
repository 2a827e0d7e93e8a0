//! The bytes that the servers send.

use bellwire_tests::support::http;
use bellwire_tests::support::nchan::{Nchan, USER};
use bellwire_tests::support::node::NodeServer;

const EVENT_STREAM: &[&str] = &["Accept: text/event-stream"];

#[test]
fn the_clock_stream_sends_retry_in_the_block_of_an_event_and_never_answers_other_paths() {
    let server = NodeServer::start("clock-stream.mjs", &[0, 0]);
    for port in server.ports() {
        let mut stream = http::open(*port, "GET", "/stream", EVENT_STREAM, "").unwrap();
        let text = http::read_until(&mut stream, "\n\n").unwrap();
        assert!(text.contains("retry: 10000\nevent: connecttime\ndata: "), "{text}");
    }
    let mut other = http::open(server.ports()[0], "GET", "/nowhere", EVENT_STREAM, "").unwrap();
    other.set_read_timeout(Some(std::time::Duration::from_millis(1500))).unwrap();
    let error = http::read_until(&mut other, "HTTP").unwrap_err();
    assert!(matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut), "{error}");
}

#[test]
fn the_other_tutorial_servers_send_unnamed_and_named_events() {
    let server = NodeServer::start("server-time.mjs", &[0]);
    let mut stream = http::open(server.ports()[0], "GET", "/events", EVENT_STREAM, "").unwrap();
    let text = http::read_until(&mut stream, "data: The server time is: ").unwrap();
    assert!(!text.contains("event:") && !text.contains("id:"), "{text}");

    let server = NodeServer::start("time-message.mjs", &[0]);
    let mut stream = http::open(server.ports()[0], "GET", "/sse", EVENT_STREAM, "").unwrap();
    let text = http::read_until(&mut stream, "event: timeMessage\ndata: ").unwrap();
    assert!(text.contains("retry: 6000\n"), "{text}");
}

#[test]
fn nchan_replays_what_came_after_the_last_event_id() {
    let nchan = Nchan::start();
    for number in 1..=3 {
        nchan.publish("ops", Some("alert"), &format!("message {number}"));
    }
    let mut stream = http::open(nchan.port(), "GET", "/sub/ops", EVENT_STREAM, "").unwrap();
    let text = http::read_until(&mut stream, "message 3").unwrap();
    assert!(text.contains("event: alert"), "{text}");
    // An id of nchan is a time and a number, joined by a colon.
    let before = text.split("data: message 1").next().unwrap();
    let first_id = before.lines().rev().find_map(|line| line.strip_prefix("id: ")).unwrap();
    assert!(first_id.contains(':'), "{first_id}");

    let last_event_id = format!("Last-Event-ID: {first_id}");
    let headers = [EVENT_STREAM[0], &last_event_id];
    let mut stream = http::open(nchan.port(), "GET", "/sub/ops", &headers, "").unwrap();
    let text = http::read_until(&mut stream, "message 3").unwrap();
    assert!(text.contains("message 2") && !text.contains("message 1"), "{text}");
}

#[test]
fn nchans_private_location_requires_the_password() {
    let nchan = Nchan::start();
    nchan.publish("ops", None, "for members");
    let refused = http::exchange(nchan.port(), "GET", "/private/ops", EVENT_STREAM, "").unwrap();
    assert!(refused.starts_with("HTTP/1.1 401 "), "{refused}");

    // RFC 7617: base64 of `user:password`.
    assert_eq!(USER, ("bell", "nchan-p4ssw0rd"));
    let headers = [EVENT_STREAM[0], "Authorization: Basic YmVsbDpuY2hhbi1wNHNzdzByZA=="];
    let mut stream = http::open(nchan.port(), "GET", "/private/ops", &headers, "").unwrap();
    http::read_until(&mut stream, "data: for members").unwrap();
}
