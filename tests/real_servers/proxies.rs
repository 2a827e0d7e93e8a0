//! Reverse proxies in front of a server with a history: nginx, HAProxy, Caddy.

use bellwire_engine::EngineHandle;
use bellwire_engine::event::{Reason, Row};
use bellwire_engine::status::Connection;
use bellwire_tests::support::history::History;
use bellwire_tests::support::reverse_proxy::{Kind, ReverseProxy};
use bellwire_tests::support::trust;
use bellwire_tests::support::wait;
use bellwire_tests::support::world::{World, data_of, feed, rows};

use crate::story;
use crate::table::{Column, saw};

/// A server, a proxy in front of it, and the environment of a receiver.
struct Stage {
    name: &'static str,
    server: History,
    proxy: ReverseProxy,
    world: World,
    published: Vec<String>,
}

impl Stage {
    async fn set(kind: Kind) -> Self {
        let name = match kind {
            Kind::Nginx => "nginx, proxy",
            Kind::Haproxy => "HAProxy, proxy",
            Kind::Caddy(_) => "Caddy, proxy",
        };
        let server = History::start(b": hello\n\n").await;
        let proxy = ReverseProxy::start(kind, server.address());
        let config = format!("[[feed]]\nid = \"ops\"\nurl = \"{}\"\n", proxy.url("/stream"));
        Self { name, server, proxy, world: World::at_speed(&config, 4), published: Vec::new() }
    }

    fn publish(&mut self, count: usize) {
        for _ in 0..count {
            let number = self.published.len() + 1;
            self.published.push(format!("event {number}"));
            self.server.publish_text(&number.to_string(), "alert", &self.published[number - 1]);
        }
    }

    /// Waits until all that was published is stored.
    async fn complete(&self, engine: &EngineHandle) -> Vec<Row> {
        rows(engine, |rows| data_of(rows).last() == self.published.last()).await
    }

    /// Waits until there was another connection to the server than these.
    async fn asked_again(&self, engine: &EngineHandle, connections: usize) {
        feed(engine, |feed| self.server.connections() > connections && feed.connection.is_live()).await;
    }
}

async fn a_quiet_stream(kind: Kind) {
    let mut stage = Stage::set(kind).await;
    let engine = stage.world.start().await;
    for _ in 0..3 {
        stage.publish(5);
        stage.complete(&engine).await;
        let connections = stage.server.connections();
        stage.asked_again(&engine, connections).await;
    }
    stage.publish(5);
    let all = stage.complete(&engine).await;
    saw(stage.name, Column::Http, &story::http(&all));
    saw(stage.name, Column::Silent, &story::complete(&all, &stage.published));
    engine.shutdown().await;
}

async fn a_reload_that_ends_streams(kind: Kind) {
    let mut stage = Stage::set(kind).await;
    let engine = stage.world.start().await;
    stage.publish(5);
    stage.complete(&engine).await;
    let connections = stage.server.connections();
    stage.proxy.reload();
    // Events keep the stream from being ended for its silence.
    wait::until("the end of the stream", async || {
        stage.publish(1);
        (stage.server.connections() > connections).then_some(())
    })
    .await;
    stage.publish(5);
    let all = stage.complete(&engine).await;
    saw(stage.name, Column::Ends, &story::complete(&all, &stage.published));
    engine.shutdown().await;
}

async fn a_reload_that_keeps_streams(kind: Kind) {
    let mut stage = Stage::set(kind).await;
    let engine = stage.world.start().await;
    stage.publish(5);
    stage.complete(&engine).await;
    stage.proxy.reload();
    stage.publish(5);
    let all = stage.complete(&engine).await;
    assert_eq!(stage.server.connections(), 1, "the stream goes on");
    saw(
        stage.name,
        Column::Ends,
        &format!("the stream goes on; {}", story::complete(&all, &stage.published)),
    );
    engine.shutdown().await;
}

async fn a_kill_and_restart(kind: Kind) {
    let mut stage = Stage::set(kind).await;
    let engine = stage.world.start().await;
    stage.publish(5);
    stage.complete(&engine).await;
    stage.proxy.die();
    feed(&engine, |feed| matches!(feed.connection, Connection::Waiting { reason: Reason::Refused, .. }))
        .await;
    stage.publish(5);
    stage.proxy.come_back();
    let all = stage.complete(&engine).await;
    saw(stage.name, Column::Killed, &story::complete(&all, &stage.published));
    engine.shutdown().await;
}

async fn a_server_that_is_away(kind: Kind) {
    let mut stage = Stage::set(kind).await;
    let engine = stage.world.start().await;
    stage.publish(5);
    stage.complete(&engine).await;
    stage.server.go_away();
    feed(&engine, |feed| matches!(feed.connection, Connection::Waiting { reason: Reason::Status(_), .. }))
        .await;
    stage.publish(5);
    stage.server.come_back();
    let all = stage.complete(&engine).await;
    let fate = story::complete(&all, &stage.published);
    saw(stage.name, Column::Answers, &format!("the server behind it is away: {fate}"));
    engine.shutdown().await;
}

/// Makes a module with a test of each fault. `kind` is given the test's name.
macro_rules! faults_of {
    ($module:ident, $kind:expr, [$($fault:ident),*]) => {
        mod $module {
            use super::*;

            $(
                #[tokio::test]
                async fn $fault() {
                    let kind: fn(&str) -> Option<Kind> = $kind;
                    let test = concat!("proxies::", stringify!($module), "::", stringify!($fault));
                    let Some(kind) = kind(test) else { return };
                    super::$fault(kind).await;
                }
            )*
        }
    };
}

faults_of!(
    nginx,
    |_| Some(Kind::Nginx),
    [a_quiet_stream, a_reload_that_ends_streams, a_kill_and_restart, a_server_that_is_away]
);
faults_of!(
    haproxy,
    |_| Some(Kind::Haproxy),
    [a_quiet_stream, a_reload_that_ends_streams, a_kill_and_restart, a_server_that_is_away]
);
faults_of!(
    caddy,
    |test| trust::certificates(test).map(Kind::Caddy),
    [a_quiet_stream, a_reload_that_keeps_streams, a_kill_and_restart, a_server_that_is_away]
);
