//! Measures the memory that the receiver needs for a line without an end.

use bellwire_engine::event::{GapReason, RowBody};
use bellwire_tests::support::world::World;
use std::time::Instant;

use crate::feeds::{Receiving, config};
use crate::machine::{MIB, mib, peak_resident, resident};
use crate::sender::Sender;
use crate::words::value;

/// Runs `line [--mib N]`.
pub async fn run(words: &[String]) {
    let size: usize = value(words, "--mib", 1024);
    let mut sender = Sender::start(&["--line-mib".into(), size.to_string()]);
    let world = World::new(&config(1, sender.port, ""));
    let before = resident();
    let start = Instant::now();
    let engine = world.start().await;
    let mut status = engine.status();
    status.wait_for(|status| status.event_count > 0).await.expect("an engine");
    let took = start.elapsed();
    let sent = sender.done();
    let growth = peak_resident() - before;
    let rows = Receiving::rows(&engine);
    let is_told = |row: &bellwire_engine::event::Row| matches!(&row.body, RowBody::Gap(gap) if matches!(gap.reason, GapReason::Oversize));
    let limit = 16 * MIB;
    println!("## {size} MiB without a line end\n");
    println!("| | |\n|---|---|");
    println!("| `max_event` | {} |", mib(limit));
    println!("| resident memory before | {} |", mib(before));
    println!("| at its highest above that | {} |", mib(growth));
    println!("| beyond `max_event` (the aim: at most 32 MiB) | {} |", mib(growth.saturating_sub(limit)));
    println!("| gap rows | {} |", rows.iter().filter(|row| is_told(row)).count());
    println!("| the event after it is in the log | {} of {} |", status.borrow().event_count, sent.events);
    println!("| connections | {} |", sent.connections);
    println!("| took | {:.1} s |", took.as_secs_f64());
    engine.shutdown().await;
}
