//! The HTTP server of the demo feeds.

use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::faults::Faults;
use crate::feed::Feed;
use crate::options::Options;
use crate::stream::{self, Stage};

/// The maximum time that a shutdown waits for subscribers that do not read.
const GRACE: Duration = Duration::from_secs(2);

/// Why the demo server stopped without a shutdown.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The listening socket failed.
    #[error("the demo server's socket failed; start the server again, if necessary on another port")]
    Listen(#[source] io::Error),
}

/// Serves the demo feeds until `shutdown` completes. Open streams then end cleanly, within 2 s.
///
/// # Errors
/// [`Error::Listen`] if the listening socket fails.
pub async fn serve(
    listener: TcpListener,
    options: Options,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    serve_at(listener, options, wall_time, shutdown).await
}

/// Serves like [`serve`], with another clock: `clock` returns the wall time since the Unix epoch. The server reads
/// it for each batch of events and waits with tokio's timers in between.
///
/// # Errors
/// [`Error::Listen`] if the listening socket fails.
pub async fn serve_at(
    listener: TcpListener,
    options: Options,
    clock: impl Fn() -> Duration + Send + Sync + 'static,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let (end, ending) = watch::channel(false);
    let stage = Stage { options, clock: Arc::new(clock), ending: ending.clone() };
    let listener = listener.tap_io(|connection| {
        // If this fails, events are only delayed a little.
        let _ = connection.set_nodelay(true);
    });
    let serving = axum::serve(listener, router(stage)).with_graceful_shutdown(async move {
        shutdown.await;
        end.send_replace(true);
    });
    tokio::select! {
        result = async { serving.await } => result.map_err(Error::Listen),
        () = grace_over(ending) => Ok(()),
    }
}

async fn grace_over(mut ending: watch::Receiver<bool>) {
    stream::ended(&mut ending).await;
    tokio::time::sleep(GRACE).await;
}

fn router(stage: Stage) -> Router {
    let feeds = Feed::ALL.into_iter().fold(Router::new(), |router, feed| {
        let answer = move |State(stage): State<Stage>, RawQuery(query): RawQuery, headers: HeaderMap| async move {
            subscribe(stage, feed, query.as_deref().unwrap_or_default(), &headers)
        };
        router.route(feed.path(), get(answer))
    });
    feeds
        .route("/", get(|| async { index() }))
        .fallback(|| async { (StatusCode::NOT_FOUND, format!("There is no such feed.\n\n{}", index())) })
        .with_state(stage)
}

fn subscribe(stage: Stage, feed: Feed, query: &str, headers: &HeaderMap) -> Response {
    let faults = match Faults::parse(query) {
        Ok(faults) => faults,
        Err(unknown) => return (StatusCode::BAD_REQUEST, format!("{unknown}\n")).into_response(),
    };
    if let Some(status) = faults.status {
        return status.into_response();
    }
    let last_event_id = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let body = Body::from_stream(stream::body(stage, feed, last_event_id, faults));
    let head = [(header::CONTENT_TYPE, "text/event-stream"), (header::CACHE_CONTROL, "no-store")];
    (head, body).into_response()
}

fn index() -> String {
    let lines = Feed::ALL.map(|feed| format!("{:<8} {}\n", feed.path(), feed.summary()));
    format!("Bellwire demo feeds (Server-Sent Events)\n\n{}", lines.concat())
}

#[expect(
    clippy::disallowed_methods,
    reason = "the demo reads the wall clock only here; serve_at takes another clock"
)]
fn wall_time() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}
