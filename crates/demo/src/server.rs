//! The HTTP server around the feeds.

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

/// How long subscribers that read nothing can hold up the end.
const GRACE: Duration = Duration::from_secs(2);

/// Why the demo server ended by itself.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The listening socket failed.
    #[error("the demo server cannot go on listening; start it again, perhaps on another port")]
    Listen(#[source] io::Error),
}

/// Serves the demo feeds until `shutdown` completes; open streams then end cleanly.
pub async fn serve(
    listener: TcpListener,
    options: Options,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    serve_at(listener, options, wall_time, shutdown).await
}

/// [`serve`] by another clock: `clock` gives the wall time since the Unix epoch. Between its readings the server
/// waits on tokio's time.
pub async fn serve_at(
    listener: TcpListener,
    options: Options,
    clock: impl Fn() -> Duration + Send + Sync + 'static,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let (end, ending) = watch::channel(false);
    let stage = Stage { options, clock: Arc::new(clock), ending: ending.clone() };
    let listener = listener.tap_io(|connection| {
        // Delays are a matter of comfort; without the option the feeds still work.
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
        .fallback(|| async { (StatusCode::NOT_FOUND, format!("There is no such feed here.\n\n{}", index())) })
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
    reason = "the demo's own door to the wall clock; serve_at takes another"
)]
fn wall_time() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}
