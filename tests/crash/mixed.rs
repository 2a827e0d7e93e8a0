//! Mixed faults.

use bellwire_tests::support::torture::mixed::run;
use bellwire_tests::support::torture::plan::lives;
use bellwire_tests::support::torture::stage::Load;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twelve_runs_under_mixed_faults_lose_and_duplicate_no_event() {
    let outcome = run(&lives(20_261_121, 12, 3), Load { feeds: 3, rate: 200, alert_every: 50 }).await;
    assert!(outcome.is_clean(), "{outcome:#?}");
    assert!(outcome.ledgers.stored > 500 && outcome.ledgers.alerts > 10, "there was load: {outcome:#?}");
}
