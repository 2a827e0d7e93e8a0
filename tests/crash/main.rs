//! Deaths without warning, under load: the quick form of `cargo xtask torture`.

use bellwire_tests::support::torture::{Plan, run};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_five_deaths_under_load_lose_and_double_nothing() {
    let report = run(Plan { kills: 25, seed: 20_261_121, rate: 500 }).await;
    assert!(report.is_clean(), "{report:#?}");
    assert!(report.stored > 500 && report.alerts > 10, "there was load: {report:#?}");
}
