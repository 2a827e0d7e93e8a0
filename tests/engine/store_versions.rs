//! Logs of older and newer versions.

use bellwire_engine::event::{FeedId, Mute, RowBody, Severity};
use bellwire_engine::{At, Engine, Home, StartError, StoreError, View};
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::world::{World, data, data_of, status};
use rusqlite::Connection;

/// The SQL of a log of version 1, with rows.
const FIRST: &str = include_str!("fixtures/log_v1.sql");

/// The SQL of each further version.
const STEPS: [(i64, &str); 14] = [
    (2, include_str!("../../crates/engine/src/store/steps/2_retention.sql")),
    (3, include_str!("../../crates/engine/src/store/steps/3_away.sql")),
    (4, include_str!("../../crates/engine/src/store/steps/4_search.sql")),
    (5, include_str!("../../crates/engine/src/store/steps/5_received.sql")),
    (6, include_str!("../../crates/engine/src/store/steps/6_rule_state.sql")),
    (7, include_str!("../../crates/engine/src/store/steps/7_feed_index.sql")),
    (8, include_str!("../../crates/engine/src/store/steps/8_polls_and_places.sql")),
    (9, include_str!("../../crates/engine/src/store/steps/9_texts.sql")),
    (10, include_str!("../../crates/engine/src/store/steps/10_resumed.sql")),
    (11, include_str!("../../crates/engine/src/store/steps/11_parts.sql")),
    (12, include_str!("../../crates/engine/src/store/steps/12_control_events.sql")),
    (13, include_str!("../../crates/engine/src/store/steps/13_complete.sql")),
    (14, include_str!("../../crates/engine/src/store/steps/14_byte_count.sql")),
    (15, include_str!("../../crates/engine/src/store/steps/15_ready_at.sql")),
];

fn one_feed(origin: &Origin) -> String {
    format!("[[feed]]\nid = \"ops\"\nurl = \"{}\"\n", origin.url("/"))
}

#[tokio::test]
async fn a_log_of_each_older_version_opens_and_keeps_its_rows() {
    for version in 1..=STEPS[STEPS.len() - 1].0 {
        let mut origin = Origin::start(vec![Scene::stream("id: 43\ndata: new\n\n")]).await;
        let world = World::new(&one_feed(&origin));
        let database = Connection::open(world.database_path()).unwrap();
        // An older version kept the place by the whole address.
        database.execute_batch(&FIRST.replace("{url}", &origin.url("/?token=old#top"))).unwrap();
        for (to, step) in STEPS.into_iter().filter(|(to, _)| *to <= version) {
            database.execute_batch(step).unwrap();
            database.pragma_update(None, "user_version", to).unwrap();
        }
        drop(database);

        let engine = world.start().await;
        assert_eq!(data(&engine, 3).await, ["数据库故障", "calm again", "new"], "version {version}");
        let asked = origin.asked(1).await;
        assert_eq!(asked[0].header("last-event-id"), Some("42"), "the cursor came along");
        let status = status(&engine, |status| status.event_count == 3).await;
        assert_eq!((status.mute, status.event_count), (Mute::On, 3), "version {version}");
        assert_eq!((status.feeds[0].unread, status.feeds[0].unread_critical), (1, true));
        assert_eq!(status.last_notified.len(), 1);
        let first = engine.reader().page(&View::default(), At::Newest, 100).unwrap().rows.remove(1);
        assert!(matches!(first.body, RowBody::Event(event) if event.severity == Severity::Critical));
        engine.shutdown().await;

        let found: i64 = Connection::open(world.database_path())
            .unwrap()
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .unwrap();
        assert!(found >= version);
        // The migrated log opens again.
        let engine = world.start().await;
        assert_eq!(data(&engine, 3).await[..2], ["数据库故障", "calm again"]);
        engine.shutdown().await;
    }
}

#[tokio::test]
async fn an_address_in_an_older_log_becomes_a_hash_and_its_place_stays() {
    for version in [1, 7, 8, STEPS[STEPS.len() - 1].0] {
        let mut origin = Origin::start(vec![Scene::stream("id: 43\ndata: new\n\n")]).await;
        let url = origin.url("/canary-path?token=canary-query");
        let world = World::new(&format!("[[feed]]\nid = \"ops\"\nurl = \"{url}\"\n"));
        let database = Connection::open(world.database_path()).unwrap();
        // Pages that were free before are not looked into: to overwrite them is to write the whole log again.
        database.pragma_update(None, "secure_delete", true).unwrap();
        // A version from 8 on had dropped the query.
        let stored = if version < 8 { url.as_str() } else { url.split('?').next().unwrap() };
        database.execute_batch(&FIRST.replace("{url}", stored)).unwrap();
        for (to, step) in STEPS.into_iter().filter(|(to, _)| *to <= version) {
            database.execute_batch(step).unwrap();
            database.pragma_update(None, "user_version", to).unwrap();
        }
        // Enough addresses for pages that are freed.
        let more = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 300) \
                    INSERT INTO cursor (feed, url, last_event_id, has_ids, last_at) \
                    SELECT 'old-' || n, ?1 || n, 1, 1, 1 FROM n";
        database.execute(more, [stored]).unwrap();
        drop(database);
        let has_canary = || files(&world).into_iter().any(|(_, bytes)| has(&bytes, b"canary"));
        assert!(has_canary(), "version {version}");

        let engine = world.start().await;
        assert!(!has_canary(), "as soon as it is open; version {version}");
        assert_eq!(origin.asked(1).await[0].header("last-event-id"), Some("42"), "version {version}");
        data(&engine, 3).await;
        engine.shutdown().await;
        assert!(!has_canary(), "version {version}");
    }
}

fn has(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

#[tokio::test]
async fn the_control_events_of_an_older_log_are_known_as_such() {
    let origin = Origin::start(vec![Scene::stream("id: 43\ndata: new\n\n")]).await;
    let world = World::new(&one_feed(&origin));
    let database = Connection::open(world.database_path()).unwrap();
    database.execute_batch(&FIRST.replace("{url}", &origin.url("/"))).unwrap();
    // Before version 12.
    for (to, step) in STEPS.into_iter().filter(|(to, _)| *to <= 11) {
        database.execute_batch(step).unwrap();
        database.pragma_update(None, "user_version", to).unwrap();
    }
    database.execute_batch("UPDATE log SET outcome = -1 WHERE data = 'calm again'").unwrap();
    drop(database);
    let engine = world.start().await;
    data(&engine, 3).await;
    for feed in [None, FeedId::parse("ops")] {
        let view = View { feed, hides_control: true, ..View::default() };
        let page = engine.reader().page(&view, At::Newest, 100).unwrap();
        assert_eq!(data_of(&page.rows), ["数据库故障", "new"], "{view:?}");
        assert_eq!((page.total, page.control), (page.rows.len() as u64, 1), "{view:?}");
    }
    engine.shutdown().await;
}

#[tokio::test]
async fn a_newer_log_is_refused_and_not_a_byte_of_it_changes() {
    for in_write_ahead_log in [false, true] {
        let world = World::new("");
        world.start().await.shutdown().await;
        let path = world.database_path();
        let newer = Connection::open(&path).unwrap();
        newer.execute_batch("CREATE TABLE from_the_future (a); PRAGMA user_version = 9999;").unwrap();
        if !in_write_ahead_log {
            newer.execute_batch("PRAGMA wal_checkpoint(TRUNCATE);").unwrap();
        }
        let before = files(&world);
        let refused = Engine::start(Home::at(world.dir()), world.ports()).await.err();
        assert!(
            matches!(refused, Some(StartError::Store(StoreError::Newer { found: 9999, .. }))),
            "{refused:?}"
        );
        assert_eq!(files(&world), before, "in the write-ahead log: {in_write_ahead_log}");
        drop(newer);
    }
}

/// Returns the bytes of the database and its write-ahead log.
fn files(world: &World) -> Vec<(String, Vec<u8>)> {
    let mut found: Vec<_> = std::fs::read_dir(world.dir())
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), entry.path()))
        .filter(|(name, _)| name.starts_with("bellwire") && !name.ends_with("-shm"))
        .map(|(name, path)| (name, std::fs::read(path).unwrap()))
        .collect();
    found.sort();
    found
}
