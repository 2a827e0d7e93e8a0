//! One feed's rows, read through the index of feeds, which is behind the log most of the time.

use std::sync::Arc;
use std::time::Duration;

use bellwire_engine::event::{FeedId, Row, RowBody, Seq};
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

fn events(numbers: std::ops::Range<usize>) -> String {
    numbers.map(|n| format!("id: {n}\ndata: number {n}\n\n")).collect()
}

fn view(feed: &str) -> View {
    View { feed: FeedId::parse(feed), notified: false }
}

/// Returns a feed's rows by filtering all rows.
fn expected(engine: &EngineHandle, feed: &str) -> Vec<Row> {
    let mut rows = engine.reader().page(&View::default(), At::Newest, 1_000_000).unwrap().rows;
    rows.retain(|row| row.feed.as_str() == feed);
    rows
}

/// Returns a feed's rows page by page, from the newest on or from the oldest on.
fn paged(engine: &EngineHandle, feed: &str, is_newest_first: bool) -> Vec<Row> {
    let mut all: Vec<Row> = Vec::new();
    let mut at = if is_newest_first { At::Newest } else { At::After(Seq(0)) };
    loop {
        let page = engine.reader().page(&view(feed), at, 97).unwrap();
        let more = if is_newest_first { page.more_before } else { page.more_after };
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

/// Returns the feed's events whose data holds the text, by a needle that is too short for the index of the search.
fn found(engine: &EngineHandle, feed: &str, text: &str) -> Vec<Seq> {
    let (needle, mut all, mut before) = (Needle::new(text), Vec::new(), None);
    loop {
        let page = engine.reader().search(&view(feed), &needle, before, 50).unwrap();
        all.extend(page.rows.iter().map(|row| row.seq));
        let Some(next) = page.next else { return all };
        before = Some(next);
    }
}

fn check(engine: &EngineHandle) {
    for feed in ["a", "b"] {
        let rows = expected(engine, feed);
        assert_eq!(paged(engine, feed, true), rows, "feed {feed}, from the newest on");
        assert_eq!(paged(engine, feed, false), rows, "feed {feed}, from the oldest on");
        let holds = |row: &Row| matches!(&row.body, RowBody::Event(event) if event.data.contains('7'));
        let mut holding: Vec<Seq> = rows.iter().filter(|row| holds(row)).map(|row| row.seq).collect();
        holding.reverse();
        assert_eq!(found(engine, feed, "7"), holding, "feed {feed}, searched");
        for row in rows.iter().step_by(311) {
            let around = engine.reader().page(&view(feed), At::Around(row.seq), 9).unwrap().rows;
            assert!(around.iter().any(|found| found.seq == row.seq), "{:?} in {around:?}", row.seq);
        }
    }
}

/// Returns the row up to which the feeds' rows are indexed, the newest row, and how many index rows have no row.
fn index(world: &World) -> (i64, i64, i64) {
    let log = Connection::open_with_flags(world.database_path(), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let number = |sql: &str| log.query_row(sql, [], |row| row.get(0)).unwrap();
    let stale = "SELECT (SELECT count(*) FROM feed_row WHERE seq NOT IN (SELECT seq FROM log)) \
                 + (SELECT count(*) FROM feed_id WHERE seq NOT IN (SELECT seq FROM log))";
    let indexed = number("SELECT value FROM counter WHERE name = 'feed_indexed'");
    (indexed, number("SELECT max(seq) FROM log"), number(stale))
}

#[tokio::test]
async fn one_feeds_rows_are_complete_whether_indexed_or_not() {
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
async fn deleted_rows_are_deleted_from_the_index_of_feeds() {
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
