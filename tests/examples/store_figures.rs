//! Figures of the store on this machine: `cargo run --release -p bellwire-tests --example store_figures [EVENTS]`.
//!
//! Everything goes through the engine's door: events over loopback, searches by its reader.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "it measures and prints"
)]

use std::time::{Duration, Instant};

use bellwire_engine::event::Rev;
use bellwire_engine::ports::Clock;
use bellwire_engine::{EngineHandle, Needle, SystemClock, View};
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::world::World;
use rusqlite::{Connection, OpenFlags};

#[tokio::main]
async fn main() {
    let events: usize = std::env::args().nth(1).map_or(1_000_000, |n| n.parse().unwrap());
    let world = a_filled_log(events).await;
    let engine = world.start().await;
    searches(&engine);
    engine.shutdown().await;
    start_and_check(&world).await;
    load().await;
}

/// About 250 bytes of JSON in two scripts, with a number that no other event has.
fn event(n: usize) -> String {
    let words = ["数据库", "网络", "磁盘", "温度", "压力", "服务", "连接", "超时"];
    let hash = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    let rare = if n % 250_000 == 777 { "罕见" } else { "正常" };
    format!(
        "id: {n}\ndata: {{\"order\":\"{hash:011x}\",\"seq\":{n},\"host\":\"node-{}.example.com\",\"title\":\"{}{}{rare}\",\
         \"message\":\"The request took {} ms and was answered with status {} by the upstream\",\"level\":\"notice\"}}\n\n",
        hash % 97,
        words[hash % 8],
        words[(hash >> 3) % 8],
        hash % 1009,
        200 + hash % 300,
    )
}

async fn a_filled_log(events: usize) -> World {
    let origin = Origin::start(vec![Scene::stream("")]).await;
    let world = World::new(&format!(
        "[retention]\nmax_events = 1_000_000_000\n[[feed]]\nid = \"f\"\nurl = \"{}\"\n",
        origin.url("/")
    ));
    let engine = world.start().await;
    let mut status = engine.status();
    status.wait_for(|status| status.feeds[0].connection.is_live()).await.unwrap();
    let start = Instant::now();
    for from in (0..events).step_by(1000) {
        origin.send(&(from..(from + 1000).min(events)).map(event).collect::<String>());
    }
    status.wait_for(|status| status.event_count as usize == events).await.unwrap();
    println!("stored {events} events in {:.1} s", start.elapsed().as_secs_f64());
    let log = Connection::open_with_flags(world.database_path(), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let number = |sql: &str| log.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    let newest = number("SELECT max(seq) FROM log");
    while newest - number("SELECT coalesce((SELECT value FROM counter WHERE name = 'indexed'), 0)") > 512 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    println!("all indexed {:.1} s after the first event", start.elapsed().as_secs_f64());
    let pages =
        |like: &str| number(&format!("SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE name LIKE '{like}'"));
    let size = number("SELECT page_count * 4096 FROM pragma_page_count");
    println!(
        "file {} MB, of which the table {} MB and the index of the search {} MB",
        size / 1_000_000,
        pages("log") / 1_000_000,
        pages("search%") / 1_000_000
    );
    engine.shutdown().await;
    world
}

fn searches(engine: &EngineHandle) {
    let order = format!("{:011x}", 123_456_usize.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20);
    let needles =
        ["罕见", "数据库", "status 404", "qz", "罕", order.as_str(), "nowhere to be found", "网络磁"];
    for text in needles {
        for limit in [50, usize::MAX] {
            let (needle, start) = (Needle::new(text), Instant::now());
            let (mut found, mut pieces, mut longest, mut before) = (0, 0, Duration::ZERO, None);
            loop {
                let piece_start = Instant::now();
                let piece = engine
                    .reader()
                    .search(&View::default(), &needle, before, (limit - found).min(1000))
                    .unwrap();
                longest = longest.max(piece_start.elapsed());
                found += piece.rows.len();
                pieces += 1;
                before = piece.next;
                if before.is_none() || found >= limit {
                    break;
                }
            }
            let what = if limit == 50 { "newest 50" } else { "all" };
            println!(
                "search {text:?}, {what}: {found} in {:.1} ms, {pieces} pieces, the longest {:.1} ms",
                start.elapsed().as_secs_f64() * 1e3,
                longest.as_secs_f64() * 1e3
            );
        }
    }
}

async fn start_and_check(world: &World) {
    let start = Instant::now();
    let engine = world.start().await;
    println!("start on this log: {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
    engine.shutdown().await;
    let log = Connection::open(world.database_path()).unwrap();
    let start = Instant::now();
    log.query_row("PRAGMA quick_check(1)", [], |_| Ok(())).unwrap();
    println!("PRAGMA quick_check on this log: {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
}

/// 10,000 events a second over 50 feeds for 20 s: from a read of the socket to the commit being seen.
async fn load() {
    const FEEDS: usize = 50;
    let mut origins = Vec::new();
    let mut config = String::new();
    for n in 0..FEEDS {
        let origin = Origin::start(vec![Scene::stream("")]).await;
        config += &format!("[[feed]]\nid = \"f{n}\"\nurl = \"{}\"\n", origin.url("/"));
        origins.push(origin);
    }
    let world = World::new(&config);
    let engine = world.start().await;
    let mut status = engine.status();
    status.wait_for(|status| status.feeds.iter().all(|feed| feed.connection.is_live())).await.unwrap();
    let total = 200_000;
    let reader = engine.clone();
    let follow = tokio::task::spawn_blocking(move || {
        let clock = SystemClock::new();
        let mut bell = reader.bell();
        let (mut rev, mut delays) = (Rev(0), Vec::new());
        while delays.len() < total {
            if !bell.has_changed().unwrap() {
                std::thread::sleep(Duration::from_micros(500));
                continue;
            }
            bell.borrow_and_update();
            let now = clock.wall();
            loop {
                let changes = reader.reader().changes(&View::default(), rev, 5_000).unwrap();
                rev = changes.rev;
                let events = changes.rows.iter();
                let events =
                    events.filter(|row| matches!(row.body, bellwire_engine::event::RowBody::Event(_)));
                delays.extend(events.map(|row| now - row.at));
                if !changes.more {
                    break;
                }
            }
        }
        delays
    });
    let start = Instant::now();
    let mut sent = 0;
    while sent < total {
        let due = (start.elapsed().as_secs_f64() * 10_000.0) as usize;
        while sent < due.min(total) {
            origins[sent % FEEDS].send(&event(sent));
            sent += 1;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let mut delays = follow.await.unwrap();
    delays.sort_unstable();
    let at = |part: f64| delays[((delays.len() - 1) as f64 * part) as usize];
    println!(
        "10,000 events a second: received to committed p50 {} ms, p99 {} ms, worst {} ms; sent for {:.1} s",
        at(0.5),
        at(0.99),
        at(1.0),
        start.elapsed().as_secs_f64()
    );
    engine.shutdown().await;
}
