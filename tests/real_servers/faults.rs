//! The same faults for every server: Bellwire not running for a while, a cut, a silent connection, a kill and restart,
//! and an end of the stream.

use std::net::SocketAddr;

use bellwire_engine::EngineHandle;
use bellwire_engine::event::{Reason, Row, RowBody};
use bellwire_engine::status::Connection;
use bellwire_tests::support::history_server::{HistoryServer, Library};
use bellwire_tests::support::proxy::{Fault, Proxy};
use bellwire_tests::support::wait;
use bellwire_tests::support::world::{World, data_of, feed, rows};

use crate::story;
use crate::table::{Column, saw};

/// A server of tests/servers, and the form of its stream.
#[derive(Debug)]
pub struct Subject {
    /// Its row of the table.
    pub name: &'static str,
    /// The script of tests/servers that serves it.
    pub script: &'static str,
    /// The script's arguments after the port and the history.
    pub arguments: &'static [&'static str],
    /// The path of its stream.
    pub path: &'static str,
    /// Prepares the running server, and returns more lines of the feed's configuration.
    pub prepare: fn(&HistoryServer) -> String,
    /// Returns the data that is logged of what was published.
    pub logged: fn(&str) -> String,
    /// The number of bytes of a response's body before its first event.
    pub preamble: usize,
    /// Returns whether the server sends what is published, by the rows of the new response. There are none before it.
    pub is_ready: fn(&[Row]) -> bool,
    /// Whether it replays what came after `Last-Event-ID`.
    pub replays: bool,
}

impl Subject {
    /// A server that sends the published data as they are, and replays.
    pub const fn replaying(name: &'static str, script: &'static str) -> Self {
        Self {
            name,
            script,
            arguments: &[],
            path: "/stream",
            prepare: |_| String::new(),
            logged: str::to_owned,
            preamble: 0,
            is_ready: |rows| !rows.is_empty(),
            replays: true,
        }
    }

    /// A server that sends the published data as they are, and keeps nothing.
    pub const fn forgetting(name: &'static str, script: &'static str) -> Self {
        Self { replays: false, ..Self::replaying(name, script) }
    }
}

/// A running server, a proxy in front of it, and the environment of a receiver.
pub struct Stage<'a> {
    subject: &'a Subject,
    pub server: HistoryServer,
    pub proxy: Proxy,
    pub world: World,
    /// What was published, as it is logged.
    published: Vec<String>,
    /// The part of it that the log must hold.
    owed: Vec<String>,
    /// The number of responses before the present fault.
    responses: usize,
}

impl<'a> Stage<'a> {
    /// Starts the server. Time runs `speed` times as fast for the receiver. `more` are more lines of the feed's
    /// configuration.
    pub async fn set(subject: &'a Subject, speed: u32, faults: &[Fault], more: &str) -> Self {
        let server = HistoryServer::start(Library::Script(subject.script, subject.arguments));
        let proxy = Proxy::start(SocketAddr::from(([127, 0, 0, 1], server.port())), faults).await;
        let stage = Self {
            subject,
            server,
            proxy,
            world: World::at_speed("", speed),
            published: Vec::new(),
            owed: Vec::new(),
            responses: 0,
        };
        stage.configure(more);
        stage
    }

    /// Prepares the server and writes the feed's configuration.
    pub fn configure(&self, more: &str) {
        let url = self.proxy.url(self.subject.path);
        let prepared = (self.subject.prepare)(&self.server);
        self.world.write_config(&format!("[[feed]]\nid = \"ops\"\nurl = \"{url}\"\n{more}\n{prepared}\n"));
    }

    /// Starts the engine, and waits until the server sends what is published.
    pub async fn start(&mut self) -> EngineHandle {
        let asked = self.server.asked().len();
        let engine = self.world.start().await;
        self.is_ready(&engine, asked + 1).await;
        engine
    }

    /// Waits until the server has been asked for this number of streams, and sends what is published.
    pub async fn is_ready(&mut self, engine: &EngineHandle, asked: usize) {
        wait::until("a request for the stream", async || (self.server.asked().len() >= asked).then_some(()))
            .await;
        let is_new = |rows: &[Row]| match responses(rows) > self.responses {
            true => (self.subject.is_ready)(since_the_last_response(rows)),
            false => (self.subject.is_ready)(&[]),
        };
        self.responses = responses(&rows(engine, is_new).await);
    }

    /// Publishes events that the server sends at once, and waits until they are stored.
    pub async fn publish(&mut self, engine: &EngineHandle, count: usize) {
        let events = self.publish_unread(count);
        if !self.subject.replays {
            self.owed.extend(events);
        }
        self.is_complete(engine).await;
    }

    /// Publishes events that cannot be received now. A server that replays sends them later.
    pub fn publish_unread(&mut self, count: usize) -> Vec<String> {
        let events: Vec<String> =
            self.server.publish(count).iter().map(|data| (self.subject.logged)(data)).collect();
        self.published.extend(events.clone());
        if self.subject.replays {
            self.owed.extend(events.clone());
        }
        events
    }

    /// Waits until all that the log must hold is stored, and returns the rows.
    pub async fn is_complete(&self, engine: &EngineHandle) -> Vec<Row> {
        rows(engine, |rows| {
            let data = data_of(rows);
            self.owed.iter().all(|owed| data.contains(owed))
        })
        .await
    }

    /// Waits until all that the log must hold is stored, once and in order. Returns what the log shows.
    pub async fn fate(&self, engine: &EngineHandle) -> String {
        story::complete(&self.is_complete(engine).await, &self.owed);
        self.outcome(engine).await
    }

    /// Waits until all that the log must hold is stored, at least once. Returns what the log shows.
    pub async fn outcome(&self, engine: &EngineHandle) -> String {
        story::whatever(&self.is_complete(engine).await, &self.published)
    }

    /// Compares a column with the log, which must say where events may be missing.
    async fn saw(&self, engine: &EngineHandle, column: Column) {
        let mut cell = self.fate(engine).await;
        if !self.subject.replays {
            assert!(cell.contains("gap row"), "the log says that events may be missing: {cell}");
        }
        if matches!(column, Column::Cut | Column::Ends) {
            // The proxy refused connections, see `outage`.
            cell = cell.replacen(", “connection refused”", "", 1);
        }
        saw(self.subject.name, column, &cell);
    }
}

fn responses(rows: &[Row]) -> usize {
    rows.iter().filter(|row| matches!(row.body, RowBody::Open(_))).count()
}

/// Returns the rows from the last response on.
fn since_the_last_response(rows: &[Row]) -> &[Row] {
    let last = rows.iter().rposition(|row| matches!(row.body, RowBody::Open(_)));
    last.map_or(&[], |last| &rows[last..])
}

/// Returns whether an event of this type is among these rows.
pub fn has_event(rows: &[Row], event_type: &str) -> bool {
    rows.iter().any(|row| matches!(&row.body, RowBody::Event(event) if event.event_type == event_type))
}

pub async fn events_while_away(subject: &Subject) {
    let mut stage = Stage::set(subject, 4, &[], "").await;
    let engine = stage.start().await;
    stage.publish(&engine, 10).await;
    engine.shutdown().await;
    stage.publish_unread(30);
    let engine = stage.start().await;
    stage.is_complete(&engine).await;
    stage.publish(&engine, 1).await;
    let all = rows(&engine, |_| true).await;
    saw(subject.name, Column::Http, &story::http(&all));
    stage.saw(&engine, Column::Away).await;
    engine.shutdown().await;
}

pub async fn a_cut(subject: &Subject) {
    let mut stage = Stage::set(subject, 4, &[], "").await;
    // Replays are cut as well, each after some events.
    let faults = [Fault::Cut(150), Fault::Reset(230), Fault::Cut(170)];
    let faults = faults.map(|fault| match fault {
        Fault::Cut(bytes) => Fault::Cut(bytes + subject.preamble),
        Fault::Reset(bytes) => Fault::Reset(bytes + subject.preamble),
        other => other,
    });
    let faults: &[Fault] = if subject.replays { &faults } else { &[] };
    outage(&mut stage, Column::Cut, faults, |stage| stage.proxy.cut_all()).await;
    let connections = 2 + faults.len();
    assert_eq!(stage.proxy.connections(connections).await, connections, "each fault cost one connection");
}

pub async fn a_kill_and_restart(subject: &Subject) {
    let mut stage = Stage::set(subject, 4, &[], "").await;
    let restart = |stage: &mut Stage| {
        stage.server.die();
        stage.server.come_back();
    };
    outage(&mut stage, Column::Killed, &[], restart).await;
}

pub async fn an_end_of_the_stream(subject: &Subject) {
    let mut stage = Stage::set(subject, 4, &[], "").await;
    outage(&mut stage, Column::Ends, &[], |stage| stage.server.order("/end", "")).await;
}

/// Runs a fault. The proxy refuses connections until more events have been published, and then has these `faults`.
pub async fn outage(stage: &mut Stage<'_>, column: Column, faults: &[Fault], fault: impl FnOnce(&mut Stage)) {
    let engine = stage.start().await;
    stage.publish(&engine, 5).await;
    stage.proxy.set_open(false);
    fault(stage);
    feed(&engine, |feed| matches!(feed.connection, Connection::Waiting { reason: Reason::Refused, .. }))
        .await;
    stage.responses = responses(&rows(&engine, |_| true).await);
    stage.publish_unread(25);
    let asked = stage.server.asked().len();
    stage.proxy.plan(faults);
    stage.proxy.set_open(true);
    stage.is_ready(&engine, asked + 1).await;
    stage.is_complete(&engine).await;
    stage.publish(&engine, 5).await;
    stage.saw(&engine, column).await;
    engine.shutdown().await;
}

pub async fn a_silence(subject: &Subject) {
    let silence = Fault::Silence(subject.preamble + 150);
    let mut stage = Stage::set(subject, 20, &[silence], "idle_timeout = \"40s\"").await;
    let engine = stage.start().await;
    stage.publish_unread(10);
    stage.is_ready(&engine, 2).await;
    stage.is_complete(&engine).await;
    stage.publish(&engine, 5).await;
    stage.saw(&engine, Column::Silent).await;
    engine.shutdown().await;
}

/// Makes a module with a test of each fault, or of those that are named.
macro_rules! faults_of {
    ($module:ident, $subject:expr) => {
        faults_of!(
            $module,
            $subject,
            [events_while_away, a_cut, a_silence, a_kill_and_restart, an_end_of_the_stream]
        );
    };
    ($module:ident, $subject:expr, [$($fault:ident),*]) => {
        mod $module {
            use super::*;

            $(
                #[tokio::test]
                async fn $fault() {
                    faults::$fault(&$subject).await;
                }
            )*
        }
    };
}
pub(crate) use faults_of;
