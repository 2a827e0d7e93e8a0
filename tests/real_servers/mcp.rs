//! MCP's Python SDK: streamable HTTP with its sessions, and the older transport.

use bellwire_engine::event::{Reason, RowBody};
use bellwire_engine::status::Connection;
use bellwire_tests::support::history_server::HistoryServer;
use bellwire_tests::support::http;
use bellwire_tests::support::world::{data_of, feed, rows};
use serde_json::{Value, json};

use crate::faults::{self, Stage, Subject, faults_of, has_event};
use crate::story;
use crate::table::{Column, saw};

const VERSION: &str = "2025-11-25";

const STREAMABLE: Subject = Subject {
    path: "/mcp",
    prepare: |server| {
        let session = session(server);
        format!("headers = {{ Mcp-Session-Id = \"{session}\", MCP-Protocol-Version = \"{VERSION}\" }}")
    },
    logged,
    is_ready: |rows| match rows.first().map(|row| &row.body) {
        // A resumed stream says with an empty event that it has been resumed.
        Some(RowBody::Open(opened)) if opened.after_ms > 0 => data_of(rows).contains(&String::new()),
        first => first.is_some(),
    },
    ..Subject::replaying("MCP, streamable HTTP", "mcp_app.py")
};

const OLDER: Subject = Subject {
    path: "/sse",
    logged,
    preamble: 90,
    is_ready: |rows| has_event(rows, "endpoint"),
    ..Subject::forgetting("MCP, HTTP with SSE", "mcp_app.py")
};

faults_of!(streamable, STREAMABLE, [events_while_away, a_cut, a_silence, an_end_of_the_stream]);
faults_of!(older, OLDER, [events_while_away, a_cut, a_silence, a_kill_and_restart]);

fn logged(data: &str) -> String {
    format!(
        r#"{{"jsonrpc":"2.0","method":"notifications/message","params":{{"level":"info","data":"{data}"}}}}"#
    )
}

/// Begins a session that gets what is published, and returns its id.
fn session(server: &HistoryServer) -> String {
    let client = json!({"name": "tests", "version": "1"});
    let begin = json!({"protocolVersion": VERSION, "capabilities": {}, "clientInfo": client});
    let response =
        post(server, None, &json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": begin}));
    let id = response.lines().find_map(|line| line.strip_prefix("mcp-session-id: "));
    let id = id.unwrap_or_else(|| panic!("no session: {response}")).to_owned();
    post(server, Some(&id), &json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
    let call = json!({"name": "receive", "arguments": {}});
    post(server, Some(&id), &json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call}));
    id
}

fn post(server: &HistoryServer, session: Option<&str>, message: &Value) -> String {
    let session = session.map(|id| format!("Mcp-Session-Id: {id}\r\nMCP-Protocol-Version: {VERSION}"));
    let mut headers = vec!["Accept: application/json, text/event-stream", "Content-Type: application/json"];
    headers.extend(session.as_deref());
    let response = http::exchange(server.port(), "POST", "/mcp", &headers, &message.to_string());
    let response = response.expect("the server answers");
    assert!(response.contains(" 200 OK") || response.contains(" 202 Accepted"), "{message}: {response}");
    response
}

#[tokio::test]
async fn a_session_that_ended_with_its_server_parks_the_feed_until_it_has_a_new_one() {
    let mut stage = Stage::set(&STREAMABLE, 4, &[], "").await;
    let engine = stage.start().await;
    stage.publish(&engine, 5).await;
    stage.server.die();
    stage.server.come_back();
    feed(&engine, |feed| matches!(feed.connection, Connection::Parked { reason: Reason::NotFound(404), .. }))
        .await;
    stage.configure("");
    stage.is_ready(&engine, 2).await;
    stage.publish(&engine, 5).await;
    let fate = stage.fate(&engine).await;
    saw(STREAMABLE.name, Column::Killed, &format!("parked until the feed has a new session: {fate}"));
    engine.shutdown().await;
}

#[tokio::test]
async fn a_second_stream_of_a_session_waits_until_the_first_has_ended() {
    let mut stage = Stage::set(&STREAMABLE, 4, &[], "").await;
    let config = stage.world.config();
    let (_, session) = config.split_once("Mcp-Session-Id = \"").unwrap();
    let session = format!("Mcp-Session-Id: {}", session.split('"').next().unwrap());
    let headers = ["Accept: text/event-stream", &session];
    let mut first = http::open(stage.server.port(), "GET", "/mcp", &headers, "").unwrap();
    http::read_until(&mut first, "\r\n\r\n").unwrap();
    let engine = stage.world.start().await;
    feed(&engine, |feed| matches!(feed.connection, Connection::Waiting { reason: Reason::Status(409), .. }))
        .await;
    drop(first);
    feed(&engine, |feed| feed.connection.is_live()).await;
    stage.publish(&engine, 5).await;
    let all = rows(&engine, |_| true).await;
    saw(STREAMABLE.name, Column::Answers, &format!("409: {}, then received", story::why(&all)));
    engine.shutdown().await;
}
