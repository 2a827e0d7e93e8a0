//! A search finds every event that contains the text, in any language, indexed or not, and no deleted one.

use std::sync::Arc;

use bellwire_engine::event::{FeedId, RowBody, Seq};
use bellwire_engine::{EngineHandle, Needle, View};
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::wait::until;
use bellwire_tests::support::world::{World, data, feed, status};
use rusqlite::{Connection, OpenFlags};

fn config(origin: &Origin, retention: &str) -> String {
    let feed = |id: &str| format!("[[feed]]\nid = \"{id}\"\nurl = \"{}\"\n", origin.url(&format!("/{id}")));
    format!("[retention]\n{retention}\n{}{}", feed("a"), feed("b"))
}

/// Returns a text of several words in several scripts, pseudo-random by `n`.
fn text(n: usize) -> String {
    let words = [
        "数据库",
        "故障",
        "网络",
        "正常",
        "Database",
        "error",
        "ПЕРЕЗАПУСК",
        "сервер",
        "über",
        "Straße",
        "ok",
        "データ",
        "서버",
        "😀",
        "x",
        "id-",
    ];
    let mut seed = (n as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut next = || {
        seed ^= seed >> 29;
        seed = seed.wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (seed >> 33) as usize
    };
    let picked: Vec<String> = (0..3 + next() % 4)
        .map(|_| match next() % 5 {
            0 => format!("{:05}", next() % 100_000),
            _ => words[next() % words.len()].to_owned(),
        })
        .collect();
    picked.join(if next() % 2 == 0 { " " } else { "" })
}

fn events(numbers: std::ops::Range<usize>) -> String {
    numbers.map(|n| format!("id: {n}\ndata: {}\n\n", text(n))).collect()
}

/// Returns all matches, read in pages of at most `limit`, newest first.
fn search(engine: &EngineHandle, view: &View, text: &str, limit: usize) -> Vec<(Seq, String)> {
    let needle = Needle::new(text);
    let (mut all, mut before) = (Vec::new(), None);
    loop {
        let found = engine.reader().search(view, &needle, before, limit).unwrap();
        assert!(found.rows.len() <= limit);
        all.extend(found.rows.into_iter().map(|row| match row.body {
            RowBody::Event(event) => (row.seq, event.data),
            other => panic!("no event: {other:?}"),
        }));
        let Some(next) = found.next else { return all };
        assert!(before.is_none_or(|before| next < before), "each page continues the previous one");
        before = Some(next);
    }
}

/// Returns what a search must find, computed by comparing each text in lower case.
async fn expected(engine: &EngineHandle, text: &str) -> Vec<String> {
    let text = text.to_lowercase();
    let mut all: Vec<String> =
        data(engine, 0).await.into_iter().filter(|data| data.to_lowercase().contains(&text)).collect();
    all.reverse();
    all
}

async fn indexed(world: &World, least: i64) -> i64 {
    let log = Connection::open_with_flags(world.database_path(), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let sql = "SELECT coalesce((SELECT value FROM counter WHERE name = 'indexed'), 0)";
    until("the index to be filled", async || {
        let indexed: i64 = log.query_row(sql, [], |row| row.get(0)).unwrap();
        (indexed >= least).then_some(indexed)
    })
    .await
}

const NEEDLES: [&str; 18] = [
    "故障",
    "库故",
    "障",
    "正常 网络",
    "database",
    "DATABASE ERROR",
    "rr",
    "сервер",
    "перезапуск",
    "STRASSE",
    "straße",
    "ÜBER",
    "データ",
    "서버",
    "😀",
    "id-0",
    "00",
    "no such text",
];

#[tokio::test]
async fn a_search_finds_every_event_with_the_text_indexed_or_not() {
    let mut origin =
        Origin::start(vec![Scene::stream(&events(0..2_000)), Scene::stream(&events(2_000..4_000))]).await;
    let world = World::new(&config(&origin, ""));
    let engine = world.start().await;
    origin.asked(2).await;
    status(&engine, |status| status.event_count == 4_000).await;
    indexed(&world, 3_500).await;
    // Too few to be indexed yet.
    origin.send(&events(4_000..4_100));
    status(&engine, |status| status.event_count == 4_100).await;
    let mut found_any = 0;
    for needle in NEEDLES {
        let expected = expected(&engine, needle).await;
        for limit in [7, 10_000] {
            let found: Vec<String> =
                search(&engine, &View::default(), needle, limit).into_iter().map(|(_, data)| data).collect();
            assert_eq!(found, expected, "{needle:?} by {limit}");
        }
        found_any += usize::from(!expected.is_empty());
    }
    assert_eq!(found_any, 16, "the texts hold all but two of the needles");
    let view = View { feed: FeedId::parse("a"), ..View::default() };
    let rows = search(&engine, &view, "故障", 100);
    assert!(!rows.is_empty());
    for (seq, _) in rows {
        assert_eq!(engine.reader().row(seq).unwrap().unwrap().feed.as_str(), "a");
    }
    engine.shutdown().await;
}

#[tokio::test]
async fn rows_deleted_from_the_log_are_deleted_from_the_index() {
    let origin =
        Origin::start(vec![Scene::stream(&events(0..3_000)), Scene::stream(&events(3_000..6_000))]).await;
    let world = World::new(&config(&origin, ""));
    let engine = world.start().await;
    status(&engine, |status| status.event_count == 6_000).await;
    indexed(&world, 5_600).await;
    world.write_config(&config(&origin, "max_events = 2_000"));
    status(&engine, |status| status.event_count == 2_000).await;
    let half = engine.status().borrow().feeds[0].clone();
    engine.remove_feed(&half.id, true).await.unwrap();
    status(&engine, |status| status.event_count == 2_000 - half.count).await;
    for needle in NEEDLES {
        let found: Vec<String> =
            search(&engine, &View::default(), needle, 50).into_iter().map(|(_, data)| data).collect();
        assert_eq!(found, expected(&engine, needle).await, "{needle:?}");
    }
    engine.shutdown().await;
    let log = Connection::open(world.database_path()).unwrap();
    let number = |sql: &str| log.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(
        number("SELECT count(*) FROM search_docsize"),
        number(
            "SELECT count(*) FROM log WHERE kind = 0 AND seq <= (SELECT value FROM counter WHERE name = 'indexed')"
        )
    );
    log.execute_batch("INSERT INTO search (search) VALUES ('integrity-check')").unwrap();
}

#[tokio::test]
async fn an_event_too_large_for_the_index_is_found() {
    let large = format!("{}needle in it{}", "x".repeat(100_000), "数".repeat(1_000));
    let body = format!("id: l\ndata: {large}\n\n{}", events(0..1_000));
    let origin = Origin::start(vec![Scene::stream(&body), Scene::stream("")]).await;
    let world = World::new(&config(&origin, ""));
    let engine = world.start().await;
    status(&engine, |status| status.event_count == 1_001).await;
    indexed(&world, 400).await;
    for needle in ["needle in it", "t数数", "ee"] {
        let found = search(&engine, &View::default(), needle, 50);
        assert_eq!(found.last().map(|(_, data)| data.len()), Some(large.len()), "{needle}");
    }
    engine.shutdown().await;
}

#[tokio::test]
async fn a_damaged_index_is_rebuilt_and_the_log_is_kept() {
    let origin = Origin::start(vec![
        Scene::stream(&events(0..2_000)),
        Scene::stream(&events(2_000..4_000)),
        Scene::stream(""),
    ])
    .await;
    let world = World::new(&config(&origin, ""));
    let engine = world.start().await;
    status(&engine, |status| status.event_count == 4_000).await;
    indexed(&world, 3_500).await;
    engine.shutdown().await;
    let log = Connection::open(world.database_path()).unwrap();
    log.execute_batch("UPDATE search_data SET block = x'ffffffffffffffff' WHERE id > 10").unwrap();
    drop(log);
    let engine = world.start().await;
    let wanted = expected(&engine, "故障").await;
    let found = search(&engine, &View::default(), "故障", 50);
    assert_eq!(found.len(), wanted.len(), "looked through in the meantime");
    world.write_config(&config(&origin, "max_events = 1_000"));
    status(&engine, |status| status.event_count == 1_000).await;
    indexed(&world, 3_500).await;
    let found = search(&engine, &View::default(), "故障", 50);
    assert_eq!(found.len(), expected(&engine, "故障").await.len());
    assert_eq!(engine.status().borrow().problem, None);
    feed(&engine, |feed| feed.connection.is_live()).await;
    engine.shutdown().await;
}

#[tokio::test]
async fn a_search_during_writes_sees_one_consistent_state() {
    let origin = Origin::start(vec![Scene::stream("")]).await;
    let world = World::new(&config(&origin, "max_events = 1_000"));
    let engine = Arc::new(world.start().await);
    feed(&engine, |feed| feed.connection.is_live()).await;
    for round in 0..20 {
        origin.send(&events(round * 700..(round + 1) * 700));
        let found = search(&engine, &View::default(), "故障", 1_000);
        assert!(found.iter().all(|(_, data)| data.contains("故障")));
        assert!(found.windows(2).all(|pair| pair[0].0 > pair[1].0), "newest first, none twice");
    }
    engine.shutdown().await;
}
