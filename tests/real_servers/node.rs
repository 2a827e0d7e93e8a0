//! Node's libraries, each with a small server in tests/servers.

use bellwire_engine::status::Connection;
use bellwire_tests::support::http;
use bellwire_tests::support::wait;
use bellwire_tests::support::world::feed;

use crate::faults::{self, Stage, Subject, faults_of, has_event};
use crate::table::{Column, saw};

faults_of!(hono, Subject::replaying("hono", "hono.mjs"));

/// A server that sends its response's head with the first event.
const fn late(name: &'static str, script: &'static str) -> Subject {
    Subject { is_ready: |_| true, ..Subject::replaying(name, script) }
}

const H3: Subject = late("h3", "h3.mjs");
const FASTIFY_SSE: Subject = late("@fastify/sse", "fastify-sse.mjs");

faults_of!(h3, H3);
faults_of!(fastify_sse, FASTIFY_SSE);

/// Before the first event, such a feed is connecting, and asks again after its idle limit.
async fn no_event_for_long(subject: &Subject) {
    let mut stage = Stage::set(subject, 20, &[], "idle_timeout = \"40s\"").await;
    let engine = stage.start().await;
    feed(&engine, |feed| matches!(feed.connection, Connection::Connecting { slow: true, .. })).await;
    wait::until("a second request", async || (stage.server.asked().len() >= 2).then_some(())).await;
    stage.publish(&engine, 5).await;
    let fate = stage.fate(&engine).await;
    saw(subject.name, Column::Form, &format!("its head is sent with the first event; none for long: {fate}"));
    engine.shutdown().await;
}

#[tokio::test]
async fn h3_without_an_event_for_long_is_asked_again() {
    no_event_for_long(&H3).await;
}

#[tokio::test]
async fn fastify_sse_without_an_event_for_long_is_asked_again() {
    no_event_for_long(&FASTIFY_SSE).await;
}

faults_of!(
    trpc,
    Subject {
        path: "/events",
        logged: |data| format!("\"{data}\""),
        preamble: 40,
        is_ready: |rows| has_event(rows, "connected"),
        ..Subject::replaying("tRPC", "trpc.mjs")
    }
);

const GRAPHQL_SSE: Subject = Subject {
    path: "/graphql/stream?query=subscription%7Bevent%7D",
    logged: |data| format!(r#"{{"data":{{"event":"{data}"}}}}"#),
    ..Subject::forgetting("graphql-sse", "graphql-sse.mjs")
};

faults_of!(graphql_sse, GRAPHQL_SSE);

#[tokio::test]
async fn the_content_encoding_none_of_graphql_sse_is_no_encoding() {
    let mut stage = Stage::set(&GRAPHQL_SSE, 4, &[], "").await;
    let headers = ["Accept: text/event-stream"];
    let mut raw = http::open(stage.server.port(), "GET", GRAPHQL_SSE.path, &headers, "").unwrap();
    http::read_until(&mut raw, "content-encoding: none\r\n").unwrap();
    let engine = stage.start().await;
    stage.publish(&engine, 5).await;
    let fate = stage.fate(&engine).await;
    saw(GRAPHQL_SSE.name, Column::Form, &format!("`Content-Encoding: none` is no encoding: {fate}"));
    engine.shutdown().await;
}
