//! `crash-point HOME STEP N`: receives for this home like `bellwire run`, and kills itself (SIGKILL) the Nth time
//! that it reaches the step. Nothing is unwound, flushed or reported.
#![allow(clippy::expect_used, reason = "test code: an expectation that fails is a failed test")]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use bellwire_engine::ports::Milestone;
use bellwire_engine::system;
use bellwire_engine::{Engine, Home, Ports};
use rustix::process::{Signal, getpid, kill_process};

#[tokio::main]
async fn main() {
    let mut words = std::env::args().skip(1);
    let mut word = || words.next().expect("crash-point HOME STEP N");
    let (home, step, nth) = (word(), word(), word());
    let step = *MILESTONES.iter().find(|known| format!("{known:?}") == step).expect("the name of a step");
    let left = AtomicU32::new(nth.parse().expect("a number"));
    let home = Home::at(Path::new(&home));
    let reached = Arc::new(move |now: Milestone| {
        if now == step && left.fetch_sub(1, Ordering::Relaxed) == 1 {
            die();
        }
    });
    let ports = Ports { reached, ..system::ports_in(&home) };
    let _engine = Engine::start(home, ports).await.expect("the engine starts");
    std::future::pending::<()>().await;
}

const MILESTONES: [Milestone; 5] =
    [Milestone::Decoded, Milestone::Committed, Milestone::Claimed, Milestone::Shown, Milestone::Marked];

fn die() -> ! {
    kill_process(getpid(), Signal::KILL).expect("a process may end itself");
    loop {
        // This thread must not continue until the signal arrives.
        std::thread::park();
    }
}
