//! django-eventstream, on daphne and on uvicorn.

use bellwire_tests::support::world::{data_of, rows};

use crate::faults::{self, Stage, Subject, faults_of, has_event};
use crate::table::{Column, saw};

const fn on(name: &'static str, arguments: &'static [&'static str]) -> Subject {
    Subject {
        arguments,
        // 2048 spaces, and `stream-open`.
        preamble: 2100,
        is_ready: |rows| has_event(rows, "stream-open"),
        ..Subject::replaying(name, "django_eventstream_app.py")
    }
}

const DAPHNE: Subject = on("django-eventstream, daphne", &["daphne"]);
const UVICORN: Subject = on("django-eventstream, uvicorn", &["uvicorn"]);

/// A stream that ends with `stream-error` and its id `error` is not resumed: the server answers that id with 400.
const fn not_resumed(subject: Subject) -> Subject {
    Subject { replays: false, ..subject }
}

faults_of!(daphne, DAPHNE, [events_while_away, a_cut, a_silence, a_kill_and_restart]);
faults_of!(daphne_error, not_resumed(DAPHNE), [an_end_of_the_stream]);
faults_of!(uvicorn, UVICORN, [events_while_away, a_cut, a_silence, a_kill_and_restart]);
faults_of!(uvicorn_error, not_resumed(UVICORN), [an_end_of_the_stream]);

/// An event that is published while Django reads its history makes it send the whole replay again.
#[tokio::test]
async fn a_replay_that_django_sends_twice_is_stored_as_it_was_sent() {
    let mut stage = Stage::set(&UVICORN, 4, &[], "").await;
    let engine = stage.start().await;
    stage.publish(&engine, 5).await;
    engine.shutdown().await;
    stage.publish_unread(5);
    stage.server.order("/overtake", r#"[{"event": "alert", "data": "an overtaking event"}]"#);
    let engine = stage.start().await;
    rows(&engine, |rows| data_of(rows).contains(&"an overtaking event".to_owned())).await;
    stage.publish(&engine, 5).await;
    let outcome = stage.outcome(&engine).await;
    saw(
        UVICORN.name,
        Column::Form,
        &format!("an event during a replay, which is then sent again: {outcome}"),
    );
    engine.shutdown().await;
}

#[tokio::test]
async fn a_stream_reset_follows_a_place_that_django_has_forgotten() {
    let forgotten = not_resumed(UVICORN);
    let mut stage = Stage::set(&forgotten, 4, &[], "").await;
    let engine = stage.start().await;
    stage.publish(&engine, 5).await;
    engine.shutdown().await;
    stage.publish_unread(5);
    stage.server.order("/forget", "");
    let engine = stage.start().await;
    rows(&engine, |rows| has_event(rows, "stream-reset")).await;
    stage.publish(&engine, 5).await;
    let fate = stage.fate(&engine).await;
    saw(UVICORN.name, Column::Expired, &format!("sends `stream-reset`, which is in the log; {fate}"));
    engine.shutdown().await;
}
