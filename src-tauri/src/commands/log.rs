//! Commands for the log and the notifications.

use bellwire_engine::config::Language;
use bellwire_engine::event::{Millis, Rev, Row, RowBody, Seq};
use bellwire_engine::{At, EngineHandle, Extent, LogReader, ReadError, link};
use tauri::State;

use super::desktop::Desktop;
use crate::clock::local_time;
use crate::dto::error::{BridgeError, ErrorCode};
use crate::dto::row::{Changes, EventDetail, Page, View, feed_id};
use crate::dto::snapshot::{MuteChoice, Snapshot};
use crate::dto::trace::Trace;

/// The maximum number of rows in one response, which bounds its memory.
const MAX_ROWS: usize = 1000;
/// The maximum number of rows in which the previous event of a feed is searched: a few connection rows may be
/// between two events.
const LOOK_BACK: usize = 8;

/// Returns everything that the window shows besides the rows.
#[tauri::command]
pub fn snapshot(desktop: State<'_, Desktop>) -> Snapshot {
    let status = desktop.engine.status().borrow().clone();
    let language = Language::of(status.app.language);
    Snapshot::of(&status, language, desktop.bridge.hidden(), desktop.clock.wall())
}

/// Returns rows of a view, in ascending order: those before, after or around a row, or else the newest. Returns at most
/// 1000.
///
/// # Errors
/// [`BridgeError`] if the log cannot be read or the view names an invalid feed id.
#[tauri::command]
pub async fn rows(
    desktop: State<'_, Desktop>,
    view: View,
    before: Option<i64>,
    after: Option<i64>,
    around: Option<i64>,
    limit: usize,
) -> Result<Page, BridgeError> {
    let view = view.try_into()?;
    let at = match (before, after, around) {
        (Some(seq), _, _) => At::Before(Seq(seq)),
        (None, Some(seq), _) => At::After(Seq(seq)),
        (None, None, Some(seq)) => At::Around(Seq(seq)),
        (None, None, None) => At::Newest,
    };
    read(&desktop.engine, move |log| log.page(&view, at, limit.min(MAX_ROWS))).await.map(Page::from)
}

/// Returns the rows of a view that are new or changed since a revision, at most 1000.
///
/// # Errors
/// [`BridgeError`] if the log cannot be read or the view names an invalid feed id.
#[tauri::command]
pub async fn changes(
    desktop: State<'_, Desktop>,
    view: View,
    after_rev: i64,
    limit: usize,
) -> Result<Changes, BridgeError> {
    let view = view.try_into()?;
    read(&desktop.engine, move |log| log.changes(&view, Rev(after_rev), limit.min(MAX_ROWS)))
        .await
        .map(Changes::from)
}

/// Returns one whole event.
///
/// # Errors
/// [`BridgeError`] if the log cannot be read or the row does not exist or is not an event.
#[tauri::command]
pub async fn event(desktop: State<'_, Desktop>, seq: i64) -> Result<EventDetail, BridgeError> {
    let row = row(&desktop.engine, seq).await?;
    EventDetail::of(row).ok_or_else(|| BridgeError::new(ErrorCode::NoSuchEvent, "that row is no event"))
}

/// Returns how an event was received: its lines, and its times.
///
/// # Errors
/// [`BridgeError`] if the log cannot be read or the row does not exist or is not an event.
#[tauri::command]
pub async fn trace(desktop: State<'_, Desktop>, seq: i64) -> Result<Trace, BridgeError> {
    let row = row(&desktop.engine, seq).await?;
    read(&desktop.engine, move |log| {
        let Some(trace) = log.trace(row.seq)? else { return Ok(None) };
        Ok(Some(Trace::of(row.seq, trace, previous_at(log, &row)?)))
    })
    .await?
    .ok_or_else(|| BridgeError::new(ErrorCode::NoSuchEvent, "that row is no event"))
}

/// Opens a link of an event in the browser. The window passes the link's number, never a URL, so that it can only open
/// links that the event contains.
///
/// # Errors
/// [`BridgeError`] if the log cannot be read, the event has no such link, or no browser can be started.
#[tauri::command]
pub async fn open_link(desktop: State<'_, Desktop>, seq: i64, number: usize) -> Result<(), BridgeError> {
    let absent = || BridgeError::new(ErrorCode::NoSuchLink, "the event has no such link");
    let RowBody::Event(event) = row(&desktop.engine, seq).await?.body else { return Err(absent()) };
    let found = link::links(&event.data).into_iter().find(|link| link.number == number);
    let url = found.ok_or_else(absent)?.url;
    blocking(move || open::that_detached(url.as_str())).await?.map_err(|error| {
        BridgeError::new(ErrorCode::OpenFailed, format!("no browser opened the link: {error}"))
    })
}

/// Marks all rows of a feed, or of all feeds, up to a row as read.
///
/// # Errors
/// [`BridgeError`] if `feed` is not a valid feed id.
#[tauri::command]
pub async fn mark_read(
    desktop: State<'_, Desktop>,
    feed: Option<String>,
    seq: i64,
) -> Result<(), BridgeError> {
    let feed = feed.as_deref().map(feed_id).transpose()?;
    desktop.engine.mark_read(feed, Seq(seq)).await;
    Ok(())
}

/// Mutes or unmutes notifications.
///
/// # Errors
/// None. Tauri requires a `Result` from an async command that borrows state.
#[tauri::command]
pub async fn mute(desktop: State<'_, Desktop>, choice: MuteChoice) -> Result<(), BridgeError> {
    let now = local_time(&*desktop.clock);
    desktop.engine.set_mute(choice.length.0.from(&now)).await;
    Ok(())
}

/// Returns the row that the window shall show, and clears it.
#[tauri::command]
pub fn take_target(desktop: State<'_, Desktop>) -> Option<i64> {
    desktop.bridge.take_target().map(|Seq(seq)| seq)
}

/// Returns when the event before `row` in its feed arrived; `None` if it is not within [`LOOK_BACK`] rows.
fn previous_at(log: &LogReader, row: &Row) -> Result<Option<Millis>, ReadError> {
    let view = bellwire_engine::View {
        feed: Some(row.feed.clone()),
        extent: Extent::Preview(0),
        ..Default::default()
    };
    let before = log.page(&view, At::Before(row.seq), LOOK_BACK)?.rows;
    let previous = before.iter().rfind(|row| matches!(row.body, RowBody::Event(_)));
    Ok(previous.map(|row| row.at))
}

async fn row(engine: &EngineHandle, seq: i64) -> Result<Row, BridgeError> {
    let row = read(engine, move |log| log.row(Seq(seq))).await?;
    row.ok_or_else(|| BridgeError::new(ErrorCode::NoSuchEvent, "that row is not in the log"))
}

async fn read<T: Send + 'static>(
    engine: &EngineHandle,
    question: impl FnOnce(&LogReader) -> Result<T, ReadError> + Send + 'static,
) -> Result<T, BridgeError> {
    let log = engine.reader();
    blocking(move || question(&log)).await?.map_err(|error| BridgeError::new(ErrorCode::ReadFailed, error))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, BridgeError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| BridgeError::new(ErrorCode::Ended, "the program is ending; nothing was done"))
}
