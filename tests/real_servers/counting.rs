//! Libraries whose ids count the events of one connection, and which keep nothing.

use bellwire_tests::support::world::{data_of, rows};
use serde_json::json;

use crate::faults::{self, Stage, Subject, faults_of};

const EXPRESS_SSE: Subject =
    Subject { logged: |data| format!("\"{data}\""), ..Subject::forgetting("express-sse", "express-sse.mjs") };
const NESTJS: Subject = Subject::forgetting("NestJS", "nestjs.mjs");

faults_of!(express_sse, EXPRESS_SSE);
faults_of!(nestjs, NESTJS);

/// Runs a connection with three equal events, and then one whose first two events have the same ids, types and data.
/// Its third differs from the third of the first connection, so the first two were not replayed.
async fn equal_events_of_two_connections(subject: &Subject) {
    let mut stage = Stage::set(subject, 4, &[], "").await;
    let engine = stage.start().await;
    let event = |data: &str| json!({"id": "", "event": "alert", "data": data});
    let logged = |data: &[&str]| data.iter().map(|data| (subject.logged)(data)).collect::<Vec<_>>();
    stage.server.publish_as_they_are(&["ring", "ring", "ring"].map(event));
    rows(&engine, |rows| data_of(rows) == logged(&["ring"; 3])).await;
    stage.proxy.cut_all();
    stage.is_ready(&engine, 2).await;
    stage.server.publish_as_they_are(&["ring", "ring", "stop"].map(event));
    let stop = (subject.logged)("stop");
    let all = rows(&engine, |rows| data_of(rows).contains(&stop)).await;
    assert_eq!(data_of(&all), logged(&["ring", "ring", "ring", "ring", "ring", "stop"]));
    engine.shutdown().await;
}

#[tokio::test]
async fn equal_events_of_two_connections_of_express_sse_are_all_stored() {
    equal_events_of_two_connections(&EXPRESS_SSE).await;
}

#[tokio::test]
async fn equal_events_of_two_connections_of_nestjs_are_all_stored() {
    equal_events_of_two_connections(&NESTJS).await;
}
