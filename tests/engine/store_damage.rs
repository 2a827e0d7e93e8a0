//! A damaged log is quarantined with the date in its name; a new log replaces it, with a gap row.

use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use bellwire_engine::EngineHandle;
use bellwire_engine::event::{FeedId, GapReason, Row, RowBody};
use bellwire_engine::event::{Mute, ProblemKind};
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::world::{World, data, data_of, feed, rows, status};

const PAGE: u64 = 4096;

/// Damages a file.
type Wreck = fn(Vec<u8>, &[u8]) -> Vec<u8>;

fn two_feeds(origin: &Origin) -> String {
    let feed = |id: &str| format!("[[feed]]\nid = \"{id}\"\nurl = \"{}\"\n", origin.url(&format!("/{id}")));
    feed("a") + &feed("b")
}

fn body(from: usize, to: usize) -> String {
    (from..=to).map(|n| format!("id: {n}\ndata: {n} {}\n\n", "x".repeat(2000))).collect()
}

/// Creates an environment with a log of about a hundred pages, in which no engine runs.
async fn filled() -> (World, Origin) {
    let origin = Origin::start(vec![
        Scene::stream(&body(1, 1000)),
        Scene::stream(&body(1, 1000)),
        Scene::stream("id: 2001\ndata: after\n\n"),
    ])
    .await;
    let world = World::new(&two_feeds(&origin));
    let engine = world.start().await;
    data(&engine, 2000).await;
    engine.shutdown().await;
    (world, origin)
}

fn gaps(rows: &[Row]) -> Vec<FeedId> {
    let gaps = rows.iter().filter(
        |row| matches!(&row.body, RowBody::Gap(gap) if gap.reason == GapReason::StoreReplaced && gap.from <= gap.to),
    );
    let mut feeds: Vec<FeedId> = gaps.map(|row| row.feed.clone()).collect();
    feeds.sort();
    feeds
}

fn set_aside(world: &World) -> Vec<PathBuf> {
    let found = std::fs::read_dir(world.dir()).unwrap().map(|entry| entry.unwrap().path());
    found
        .filter(|path| {
            path.to_string_lossy().contains("bellwire-damaged-20")
                && path.extension().is_some_and(|e| e == "db")
        })
        .collect()
}

fn overwrite(path: &Path, at: u64, bytes: &[u8]) {
    let mut file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(at)).unwrap();
    file.write_all(bytes).unwrap();
}

async fn goes_on_with_a_new_log(world: &World, engine: &EngineHandle) {
    let found =
        rows(engine, |rows| gaps(rows).len() == 2 && data_of(rows).iter().any(|d| d == "after")).await;
    assert_eq!(gaps(&found), ["a", "b"].map(|id| FeedId::parse(id).unwrap()));
    let told = status(engine, |status| status.problem.is_some()).await.problem.clone().unwrap();
    assert_eq!(told.kind, ProblemKind::Replaced);
    assert_eq!(set_aside(world).len(), 1);
}

#[tokio::test]
async fn a_damaged_log_is_quarantined_at_the_start() {
    let garbage: Vec<u8> = (0..100_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let wrecks: [(&str, Wreck); 4] = [
        ("garbage", |_, garbage| garbage.to_vec()),
        ("zero length", |_, _| Vec::new()),
        ("cut in half", |sound, _| sound[..sound.len() / 2].to_vec()),
        ("first page overwritten", |mut sound, garbage| {
            sound[100..4096].copy_from_slice(&garbage[..3996]);
            sound
        }),
    ];
    for (name, wreck) in wrecks {
        let (world, _origin) = filled().await;
        let path = world.database_path();
        let wrecked = wreck(std::fs::read(&path).unwrap(), &garbage);
        std::fs::write(&path, &wrecked).unwrap();
        let engine = world.start().await;
        goes_on_with_a_new_log(&world, &engine).await;
        engine.shutdown().await;
        assert_eq!(std::fs::read(&set_aside(&world)[0]).unwrap(), wrecked, "{name}: kept as it was found");
        // The new log is intact, and another start reports nothing.
        let engine = world.start().await;
        assert_eq!(engine.status().borrow().problem, None, "{name}");
        engine.shutdown().await;
        assert_eq!(set_aside(&world).len(), 1, "{name}");
    }
}

#[tokio::test]
async fn a_flipped_byte_anywhere_never_stops_the_program() {
    let (world, _origin) = filled().await;
    let path = world.database_path();
    let sound = std::fs::read(&path).unwrap();
    let mut seed = 0x5eed_u64;
    for round in 0..30 {
        let mut flipped = sound.clone();
        for _ in 0..20 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = (seed >> 33) as usize % flipped.len();
            flipped[at] ^= 1 << (seed % 8);
        }
        std::fs::write(&path, &flipped).unwrap();
        let engine = world.start().await;
        // Either the log can be read or the damage is reported, and new events are stored.
        feed(&engine, |feed| feed.connection.is_live()).await;
        let _ = engine.reader().page(&bellwire_engine::View::default(), bellwire_engine::At::Newest, 100_000);
        engine.set_mute(Mute::Off).await;
        engine.shutdown().await;
        assert!(path.exists(), "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damage_found_by_several_readers_quarantines_one_log() {
    let (world, _origin) = filled().await;
    let path = world.database_path();
    let engine = world.start().await;
    data(&engine, 2001).await;
    let pages = std::fs::metadata(&path).unwrap().len() / PAGE;
    overwrite(&path, PAGE, &vec![0xa5; ((pages - 1) * PAGE) as usize]);
    let is_replaced =
        || engine.status().borrow().problem.as_ref().is_some_and(|p| p.kind == ProblemKind::Replaced);
    let mut found = 0;
    while !is_replaced() {
        let read =
            engine.reader().page(&bellwire_engine::View::default(), bellwire_engine::At::Newest, 100_000);
        found += usize::from(read.is_err());
    }
    assert!(found > 1, "the damage was reported {found} times");
    // The shutdown finishes everything that is queued.
    engine.shutdown().await;
    assert_eq!(set_aside(&world).len(), 1);
}

#[tokio::test]
async fn a_log_damaged_while_running_is_quarantined_and_no_feed_loses_its_cursor() {
    let (world, mut origin) = filled().await;
    let path = world.database_path();
    let mut sound = Vec::new();
    std::fs::File::open(&path).unwrap().read_to_end(&mut sound).unwrap();
    let engine = world.start().await;
    data(&engine, 2001).await;
    // Damages every page but the first, as a failing disk does. The reader or the writer finds it.
    let pages = std::fs::metadata(&path).unwrap().len() / PAGE;
    overwrite(&path, PAGE, &vec![0xa5; ((pages - 1) * PAGE) as usize]);
    let _ = engine.reader().page(&bellwire_engine::View::default(), bellwire_engine::At::Newest, 100_000);
    status(&engine, |status| status.problem.as_ref().is_some_and(|p| p.kind == ProblemKind::Replaced)).await;
    origin.send("id: 3000\ndata: and on\n\n");
    let found = rows(&engine, |rows| data_of(rows).iter().any(|d| d == "and on")).await;
    assert_eq!(gaps(&found).len(), 2);
    engine.shutdown().await;

    let before = origin.count();
    let engine = world.start().await;
    let ids: Vec<_> = origin.asked(before + 2).await[before..]
        .iter()
        .map(|asked| asked.header("last-event-id").map(ToOwned::to_owned))
        .collect();
    assert!(ids.iter().all(Option::is_some), "the cursors went into the new log: {ids:?}");
    engine.shutdown().await;
}
