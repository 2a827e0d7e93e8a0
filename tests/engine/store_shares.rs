//! Retention between feeds: which one gives way, and the limits of one feed.

use std::sync::Arc;
use std::time::Duration;

use bellwire_engine::config::parse;
use bellwire_engine::event::RowBody;
use bellwire_engine::{At, Engine, EngineHandle, Home, Ports, View};
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::steered::SteeredClock;
use bellwire_tests::support::wait::until;
use bellwire_tests::support::world::{World, status};
use rusqlite::{Connection, OpenFlags};

fn feed(id: &str, origin: &Origin, keys: &str) -> String {
    format!("[[feed]]\nid = \"{id}\"\nurl = \"{}\"\nidle_timeout = \"off\"\n{keys}\n", origin.url("/"))
}

fn events(count: usize, bytes: usize) -> String {
    (0..count).map(|n| format!("id: {n}\ndata: {n} {}\n\n", "x".repeat(bytes))).collect()
}

async fn start(world: &World, clock: &Arc<SteeredClock>) -> EngineHandle {
    let ports = Ports { clock: Arc::clone(clock) as _, ..world.ports() };
    Engine::start(Home::at(world.dir()), ports).await.unwrap()
}

/// Lets retention run until the feeds have so many events.
async fn passes_until(
    clock: &SteeredClock,
    engine: &EngineHandle,
    wanted: impl Fn(&[u64]) -> bool,
) -> Vec<u64> {
    until("the rows to go", async || {
        clock.pass(Duration::from_secs(600));
        let counts: Vec<u64> = engine.status().borrow().feeds.iter().map(|feed| feed.count).collect();
        wanted(&counts).then_some(counts)
    })
    .await
}

/// Returns the numbers of the stored events of a feed.
fn kept(engine: &EngineHandle, id: &str) -> Vec<usize> {
    let page = engine.reader().page(&View::default(), At::Newest, 1_000_000).unwrap();
    let of_feed = page.rows.into_iter().filter(|row| row.feed.as_str() == id);
    let numbers = of_feed.filter_map(|row| match row.body {
        RowBody::Event(event) => Some(event.data.split(' ').next()?.parse().unwrap()),
        _ => None,
    });
    numbers.collect()
}

/// Checks that what each feed counts for is what its rows count for.
fn assert_bytes_are_right(world: &World) {
    let path = world.database_path();
    let log = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let sql = "SELECT f.feed, f.byte_count, (SELECT coalesce(sum(200 + coalesce(octet_length(data), 0) \
               + coalesce(octet_length(raw), 0) + coalesce(octet_length(event_type), 0) \
               + coalesce(octet_length(last_event_id), 0)), 0) FROM log WHERE log.feed = f.feed) FROM feed_state f";
    let mut statement = log.prepare(sql).unwrap();
    let rows =
        statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?))).unwrap();
    for row in rows {
        let (feed, counted, summed): (String, i64, i64) = row.unwrap();
        assert_eq!(counted, summed, "{feed}");
    }
}

#[tokio::test]
async fn the_feed_with_the_most_events_gives_way_and_the_others_lose_none() {
    let quotes = Origin::start(vec![Scene::stream(&events(12_000, 0)), Scene::stream("")]).await;
    let alerts = Origin::start(vec![Scene::stream(&events(200, 0)), Scene::stream("")]).await;
    let text = "[retention]\nmax_events = 1_000\n".to_owned()
        + &feed("alerts", &alerts, "")
        + &feed("quotes", &quotes, "");
    let world = World::new(&text);
    let clock = Arc::new(SteeredClock::default());
    let engine = start(&world, &clock).await;
    status(&engine, |status| status.feeds.iter().all(|feed| !feed.last_event_id.is_empty())).await;
    status(&engine, |status| status.feeds[1].last_event_id == "11999").await;
    let counts = passes_until(&clock, &engine, |counts| counts.iter().sum::<u64>() <= 1_000).await;
    assert_eq!(counts, [200, 800]);
    assert_eq!(kept(&engine, "alerts"), (0..200).collect::<Vec<_>>());
    assert_eq!(kept(&engine, "quotes"), (11_200..12_000).collect::<Vec<_>>());
    engine.shutdown().await;
    assert_bytes_are_right(&world);
}

#[tokio::test]
async fn the_log_is_limited_in_bytes_and_the_largest_feed_gives_way() {
    let large = Origin::start(vec![Scene::stream(&events(600, 10_000)), Scene::stream("")]).await;
    let small = Origin::start(vec![Scene::stream(&events(1_000, 10)), Scene::stream("")]).await;
    let text = "[retention]\nmax_bytes = \"1MiB\"\n".to_owned()
        + &feed("large", &large, "")
        + &feed("small", &small, "");
    let world = World::new(&text);
    let clock = Arc::new(SteeredClock::default());
    let engine = start(&world, &clock).await;
    status(&engine, |status| {
        status.feeds[0].last_event_id == "599" && status.feeds[1].last_event_id == "999"
    })
    .await;
    let counts = passes_until(&clock, &engine, |counts| counts[0] < 600).await;
    assert_eq!(counts[1], 1_000, "the small feed has nothing to give");
    // 1 MiB without the small feed's 1,000 rows of about 220 bytes.
    let counts = passes_until(&clock, &engine, |counts| counts[0] <= 83).await;
    assert!(counts[0] >= 75, "{counts:?}");
    engine.shutdown().await;
    assert_bytes_are_right(&world);

    // The numbers are read back, and the limit holds for what comes next.
    let engine = start(&world, &clock).await;
    status(&engine, |status| status.feeds[0].connection.is_live()).await;
    large.send(&events(100, 10_000));
    status(&engine, |status| status.feeds[0].last_event_id == "99").await;
    let counts = passes_until(&clock, &engine, |counts| counts[0] <= 83).await;
    assert_eq!(counts[1], 1_000);
    assert_eq!(kept(&engine, "large").last(), Some(&99));
    engine.shutdown().await;
    assert_bytes_are_right(&world);
}

#[tokio::test]
async fn a_feed_may_have_limits_of_its_own() {
    let a = Origin::start(vec![Scene::stream(&events(500, 0)), Scene::stream("")]).await;
    let b = Origin::start(vec![Scene::stream(&events(500, 0)), Scene::stream("")]).await;
    let c = Origin::start(vec![Scene::stream(&events(500, 0)), Scene::stream("")]).await;
    let text = "[retention]\nmax_age = \"30d\"\n".to_owned()
        + &feed("a", &a, "retention = { max_events = 100, max_age = \"off\" }")
        + &feed("b", &b, "")
        + &feed("c", &c, "retention = { max_age = \"12h\" }");
    let world = World::new(&text);
    let clock = Arc::new(SteeredClock::default());
    let engine = start(&world, &clock).await;
    status(&engine, |status| status.feeds.iter().all(|feed| feed.last_event_id == "499")).await;
    let counts = passes_until(&clock, &engine, |counts| counts[0] <= 100).await;
    assert_eq!(counts[..2], [100, 500]);
    assert_eq!(kept(&engine, "a"), (400..500).collect::<Vec<_>>());
    clock.pass(Duration::from_secs(13 * 3600));
    assert_eq!(passes_until(&clock, &engine, |counts| counts[2] == 0).await, [100, 500, 0]);
    clock.pass(Duration::from_secs(31 * 24 * 3600));
    assert_eq!(passes_until(&clock, &engine, |counts| counts[1] == 0).await, [100, 0, 0]);
    engine.shutdown().await;
    assert_bytes_are_right(&world);
}

#[test]
fn the_limits_of_a_feed_and_of_the_size_are_checked() {
    let of_feed = |keys: &str| {
        parse(&format!("[[feed]]\nid = \"f\"\nurl = \"http://a.example/\"\nretention = {{ {keys} }}\n"))
    };
    let read = of_feed("max_age = \"off\", max_events = 5, max_bytes = \"3MiB\"").unwrap().feeds[0].retention;
    assert_eq!((read.max_age, read.max_events, read.max_bytes), (Some(None), Some(5), Some(3 * 1024 * 1024)));
    for wrong in ["max_age = \"1s\"", "max_events = 0", "max_bytes = \"1KiB\"", "max_size = 3"] {
        assert_eq!(of_feed(wrong).unwrap_err().problems[0].line, 4, "{wrong}");
    }
    assert_eq!(parse("").unwrap().retention.max_bytes, 2 * 1024 * 1024 * 1024);
    assert!(parse("[retention]\nmax_bytes = \"9TiB\"\n").is_err());
}
