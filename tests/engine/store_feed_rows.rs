//! One feed's rows, and rows without control events, read through the index of rows, which is behind the log most of the
//! time.

use std::sync::Arc;
use std::time::Duration;

use bellwire_engine::event::{FeedId, Outcome, Rev, Row, RowBody, Seq};
use bellwire_engine::{At, Engine, EngineHandle, Home, Needle, Ports, View};
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::steered::SteeredClock;
use bellwire_tests::support::wait::until;
use bellwire_tests::support::world::{World, status};
use rusqlite::{Connection, OpenFlags};

/// Two feeds, whose idle limit is off for a clock that jumps.
fn config(origin: &Origin, retention: &str) -> String {
    let feed = |id: &str| {
        format!(
            "[[feed]]\nid = \"{id}\"\nurl = \"{}\"\nidle_timeout = \"off\"\n",
            origin.url(&format!("/{id}"))
        )
    };
    format!("[retention]\n{retention}\n{}{}", feed("a"), feed("b"))
}

/// Every third is a control event.
fn events(numbers: std::ops::Range<usize>) -> String {
    let name = |n: usize| if n.is_multiple_of(3) { "event: ping\n" } else { "" };
    numbers.map(|n| format!("id: {n}\n{}data: number {n}\n\n", name(n))).collect()
}

/// Returns the views that are read through the index.
fn views() -> Vec<View> {
    let view = |feed, hides_control| View { feed: FeedId::parse(feed), hides_control, ..View::default() };
    vec![view("a", false), view("b", false), view("a", true), view("b", true), view("", true)]
}

fn is_control(row: &Row) -> bool {
    matches!(&row.body, RowBody::Event(event) if event.decision.outcome == Outcome::Control)
}

/// Returns a view's rows, and the control events of its feeds, by filtering all rows.
fn expected(engine: &EngineHandle, view: &View) -> (Vec<Row>, u64) {
    let mut rows = engine.reader().page(&View::default(), At::Newest, 1_000_000).unwrap().rows;
    rows.retain(|row| view.feed.as_ref().is_none_or(|feed| row.feed == *feed));
    let control = rows.iter().filter(|row| is_control(row)).count() as u64;
    rows.retain(|row| !view.hides_control || !is_control(row));
    (rows, control)
}

/// Returns a view's rows page by page, from the newest on or from the oldest on.
fn paged(engine: &EngineHandle, view: &View, is_newest_first: bool) -> Vec<Row> {
    let mut all: Vec<Row> = Vec::new();
    let mut at = if is_newest_first { At::Newest } else { At::After(Seq(0)) };
    loop {
        let page = engine.reader().page(view, at, 97).unwrap();
        let more = if is_newest_first { page.more_before } else { page.more_after };
        assert!(page.rows.len() == 97 || !more, "{} rows and more, in {view:?}", page.rows.len());
        if is_newest_first {
            at = At::Before(page.rows.first().map_or(Seq(0), |row| row.seq));
            all.splice(0..0, page.rows);
        } else {
            at = At::After(page.rows.last().map_or(Seq(i64::MAX), |row| row.seq));
            all.extend(page.rows);
        }
        if !more {
            return all;
        }
    }
}

/// Returns the view's rows as changes, in the order of their revisions.
fn changed(engine: &EngineHandle, view: &View) -> Vec<Row> {
    let (mut all, mut rev) = (Vec::new(), Rev(0));
    loop {
        let changes = engine.reader().changes(view, rev, 97).unwrap();
        all.extend(changes.rows);
        rev = changes.rev;
        if !changes.more {
            return all;
        }
    }
}

/// Returns the view's events whose data holds the text, newest first.
fn found(engine: &EngineHandle, view: &View, text: &str) -> Vec<Seq> {
    let (needle, mut all, mut before) = (Needle::new(text), Vec::new(), None);
    loop {
        let page = engine.reader().search(view, &needle, before, 50).unwrap();
        all.extend(page.rows.iter().map(|row| row.seq));
        let Some(next) = page.next else { return all };
        before = Some(next);
    }
}

fn check(engine: &EngineHandle) {
    for view in views() {
        let (mut rows, control) = expected(engine, &view);
        assert_eq!(paged(engine, &view, true), rows, "from the newest on, {view:?}");
        assert_eq!(paged(engine, &view, false), rows, "from the oldest on, {view:?}");
        let page = engine.reader().page(&view, At::Newest, 1).unwrap();
        assert_eq!((page.total, page.control), (rows.len() as u64, control), "counts of a page, {view:?}");
        let changes = engine.reader().changes(&view, Rev(0), 1).unwrap();
        assert_eq!((changes.total, changes.control), (rows.len() as u64, control), "of changes, {view:?}");
        // A needle of one character is too short for the index of the search.
        for text in ["7", "number 7"] {
            let holds = |row: &&Row| matches!(&row.body, RowBody::Event(event) if event.data.contains(text));
            let holding: Vec<Seq> = rows.iter().rev().filter(holds).map(|row| row.seq).collect();
            assert_eq!(found(engine, &view, text), holding, "{text} in {view:?}");
        }
        for row in rows.iter().step_by(311) {
            let around = engine.reader().page(&view, At::Around(row.seq), 9).unwrap().rows;
            assert!(around.iter().any(|found| found.seq == row.seq), "{:?} in {around:?}", row.seq);
        }
        rows.sort_by_key(|row| row.rev);
        assert_eq!(changed(engine, &view), rows, "changes, {view:?}");
    }
}

/// Returns the row up to which the feeds' rows are indexed, the newest row, and how many index rows have no row.
fn index(world: &World) -> (i64, i64, i64) {
    let log = Connection::open_with_flags(world.database_path(), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let number = |sql: &str| log.query_row(sql, [], |row| row.get(0)).unwrap();
    let stale = "SELECT (SELECT count(*) FROM feed_row WHERE seq NOT IN (SELECT seq FROM log)) \
                 + (SELECT count(*) FROM feed_id WHERE seq NOT IN (SELECT seq FROM log)) \
                 + (SELECT count(*) FROM plain_row WHERE seq NOT IN (SELECT seq FROM log))";
    let indexed = number("SELECT value FROM counter WHERE name = 'feed_indexed'");
    (indexed, number("SELECT max(seq) FROM log"), number(stale))
}

#[tokio::test]
async fn the_rows_of_a_feed_or_without_control_events_are_complete_whether_indexed_or_not() {
    let mut origin =
        Origin::start(vec![Scene::stream(&events(0..1_500)), Scene::stream(&events(5_000..5_040))]).await;
    let world = World::new(&config(&origin, ""));
    let engine = world.start().await;
    origin.asked(2).await;
    status(&engine, |status| status.event_count == 1_540).await;
    check(&engine);
    origin.send(&events(1_500..1_600));
    status(&engine, |status| status.event_count == 1_640).await;
    check(&engine);
    let (indexed, newest, _) = index(&world);
    assert!(indexed > 0 && indexed < newest, "some rows are indexed and some are not: {indexed} of {newest}");
    engine.shutdown().await;
    let engine = world.start().await;
    check(&engine);
    engine.shutdown().await;
}

#[tokio::test]
async fn deleted_rows_are_deleted_from_the_index_of_rows() {
    let mut origin = Origin::start(vec![Scene::stream(&events(0..4_000)), Scene::stream("")]).await;
    let world = World::new(&config(&origin, "max_events = 1_000"));
    let clock = Arc::new(SteeredClock::default());
    let ports = Ports { clock: Arc::clone(&clock) as _, ..world.ports() };
    let engine = Engine::start(Home::at(world.dir()), ports).await.unwrap();
    origin.asked(2).await;
    status(&engine, |status| status.event_count == 4_000).await;
    let (indexed, ..) = index(&world);
    assert!(indexed > 3_000, "rows that are indexed and rows that are not are deleted: {indexed}");
    until("the oldest events to be deleted", async || {
        clock.pass(Duration::from_secs(600));
        (engine.status().borrow().event_count == 1_000).then_some(())
    })
    .await;
    check(&engine);
    assert_eq!(index(&world).2, 0, "index rows without a row in the log");
    engine.shutdown().await;
}
