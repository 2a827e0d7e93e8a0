//! Measures a large log, through the engine's public interface: storing, searching, starting.

use std::time::{Duration, Instant};

use bellwire_engine::{EngineHandle, Needle, View};
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::world::World;
use rusqlite::{Connection, OpenFlags};

use crate::sender::message;
use crate::words::value;

/// Runs `store [--events N]`.
pub async fn run(words: &[String]) {
    let events: usize = value(words, "--events", 1_000_000);
    println!("## A log of {events} events\n");
    println!("| | |\n|---|---|");
    let world = a_filled_log(events).await;
    let engine = world.start().await;
    searches(&engine);
    engine.shutdown().await;
    start_and_check(&world).await;
}

fn event(n: usize) -> String {
    format!("id: {n}\ndata: {{{}}}\n\n", message(n))
}

async fn a_filled_log(events: usize) -> World {
    let origin = Origin::start(vec![Scene::stream("")]).await;
    let world = World::new(&format!(
        "[retention]\nmax_events = 1_000_000_000\n[[feed]]\nid = \"f\"\nurl = \"{}\"\n",
        origin.url("/")
    ));
    let engine = world.start().await;
    let mut status = engine.status();
    status.wait_for(|status| status.feeds[0].connection.is_live()).await.expect("the log");
    let start = Instant::now();
    for from in (0..events).step_by(1000) {
        origin.send(&(from..(from + 1000).min(events)).map(event).collect::<String>());
    }
    status.wait_for(|status| status.event_count as usize == events).await.expect("the log");
    println!("| stored | {:.1} s |", start.elapsed().as_secs_f64());
    let log = Connection::open_with_flags(world.database_path(), OpenFlags::SQLITE_OPEN_READ_ONLY)
        .expect("the log");
    let number = |sql: &str| log.query_row(sql, [], |row| row.get::<_, i64>(0)).expect("the log");
    let newest = number("SELECT max(seq) FROM log");
    while newest - number("SELECT coalesce((SELECT value FROM counter WHERE name = 'indexed'), 0)") > 512 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    println!("| indexed, from the first event on | {:.1} s |", start.elapsed().as_secs_f64());
    let pages =
        |like: &str| number(&format!("SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE name LIKE '{like}'"));
    let size = number("SELECT page_count * 4096 FROM pragma_page_count");
    println!(
        "| file; of it the table; the index of the search | {} MB; {} MB; {} MB |",
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
                    .expect("the log");
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
                "| search {text:?}, {what} | {found} in {:.1} ms, {pieces} pieces, the longest {:.1} ms |",
                start.elapsed().as_secs_f64() * 1e3,
                longest.as_secs_f64() * 1e3
            );
        }
    }
}

async fn start_and_check(world: &World) {
    let start = Instant::now();
    let engine = world.start().await;
    println!("| start on this log | {:.0} ms |", start.elapsed().as_secs_f64() * 1e3);
    engine.shutdown().await;
    let log = Connection::open(world.database_path()).expect("the log");
    let start = Instant::now();
    log.query_row("PRAGMA quick_check(1)", [], |_| Ok(())).expect("the log");
    println!("| `PRAGMA quick_check` on this log | {:.0} ms |", start.elapsed().as_secs_f64() * 1e3);
}
