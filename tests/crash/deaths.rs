//! Kills (SIGKILL) under load.

use bellwire_tests::support::torture::deaths::{Kills, STEPS, at_random, at_step};
use bellwire_tests::support::torture::stage::Load;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_five_kills_under_load_lose_and_duplicate_no_event() {
    let load = Load { feeds: 1, rate: 500, alert_every: 50 };
    let outcome = at_random(Kills { count: 25, seed: 20_261_121, load }).await;
    assert!(outcome.is_clean(), "{outcome:#?}");
    assert!(outcome.ledgers.stored > 500 && outcome.ledgers.alerts > 10, "there was load: {outcome:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_at_any_step_loses_no_event_and_repeats_only_notifications_shown_but_not_marked() {
    let load = Load { feeds: 1, rate: 500, alert_every: 25 };
    for step in STEPS {
        let outcome = at_step(step, 4, load).await;
        assert!(outcome.is_clean(), "{}: {outcome:#?}", step.0);
        assert!(outcome.ledgers.stored > 100 && outcome.ledgers.alerts > 4, "there was load: {outcome:#?}");
        // The step is known exactly, and so is whether the current delivery had been shown.
        let repeated = match step.0 {
            "Shown" => Some(4),
            "Claimed" | "Marked" => Some(0),
            _ => None,
        };
        assert!(repeated.is_none_or(|n| outcome.ledgers.repeated == n), "{}: {outcome:#?}", step.0);
    }
}
