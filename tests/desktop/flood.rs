//! A flood of events.

use bellwire_tests::support::origin::{Origin, Scene};

use crate::log_view::{self, wait_for_data};
use crate::stage::{Stage, one_feed};

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_named_events_are_five_notifications_and_one_that_counts_the_rest() {
    let origin = Origin::start(vec![Scene::stream("")]).await;
    let stage = Stage::new(&one_feed(&origin.url("/"))).await;
    let window = stage.open().await;
    window.wait_for("[data-feed=ops][data-state=live]").await;
    origin.send(&(0..200).map(|n| format!("event: alert\ndata: storm {n}\n\n")).collect::<String>());
    wait_for_data(&window, "storm 199").await;

    stage.daemon.wait_for("the digest of 195", |call| call.summary.contains("195")).await;
    let calls = stage.daemon.calls();
    for (n, call) in calls[..5].iter().enumerate() {
        assert_eq!(
            (call.summary.as_str(), call.body.as_str()),
            ("Ops · alert", format!("storm {n}").as_str())
        );
        assert_eq!(call.replaces_id, 0);
    }
    let digest = &calls[5];
    assert_eq!(digest.replaces_id, 0);
    assert!(calls[..5].iter().all(|call| call.id != digest.id));
    for call in &calls[6..] {
        assert_eq!((call.id, call.replaces_id), (digest.id, digest.id), "the digest is updated in place");
        assert!(call.summary.starts_with("Ops"), "{}", call.summary);
    }
    // Each update distracts a person, so a short burst must cause few.
    assert!(calls.len() <= 10, "{calls:#?}");

    let row = wait_for_data(&window, "storm 199").await;
    assert_eq!(row.decision, ["stack"]);
    stage.daemon.click(digest.id, "default").await;
    let row = log_view::wait_for_rows(&window, "the row that the digest shows", |rows| {
        rows.iter().any(|row| row.selected && row.in_view)
    })
    .await
    .into_iter()
    .find(|row| row.selected)
    .unwrap();
    assert_eq!(row.event, "alert");
    window.close().await;
}
