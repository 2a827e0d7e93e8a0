//! Events that are published while the app is not running.

use bellwire_tests::support::nchan::Nchan;

use crate::log_view::{self, wait_for_data};
use crate::stage::{Stage, one_feed};

#[tokio::test(flavor = "multi_thread")]
async fn events_published_while_the_app_was_down_are_stored_once_and_no_notification_repeats() {
    let nchan = Nchan::start();
    let stage = Stage::new(&one_feed(&nchan.url("ops"))).await;
    let mut published = Vec::new();
    // Two of each dozen notify, which is below the flood limit.
    let mut publish = |from: u32| {
        for n in from..from + 12 {
            nchan.publish("ops", (n % 6 == 5).then_some("alert"), &format!("message {n}"));
            published.push(format!("message {n}"));
        }
    };

    let window = stage.open().await;
    window.wait_for("[data-feed=ops][data-state=live]").await;
    publish(0);
    wait_for_data(&window, "message 11").await;
    stage.daemon.wait_for("the last notification", |call| call.body == "message 11").await;
    stage.quit().await;
    window.close().await;

    publish(12);
    let window = stage.open().await;
    wait_for_data(&window, "message 23").await;
    let replayed = "alert 2. Newest: message 23";
    stage.daemon.wait_for("the last notification", |call| call.body == replayed).await;
    let rows = log_view::events(&window).await;
    assert_eq!(rows.iter().map(|row| row.data.clone()).collect::<Vec<_>>(), published);

    // One more event: everything that the app still has to show comes before it.
    nchan.publish("ops", Some("alert"), "the end");
    stage.daemon.wait_for("the end", |call| call.body == "the end").await;
    let bodies: Vec<_> = stage.daemon.calls().into_iter().map(|call| call.body).collect();
    assert_eq!(bodies, ["message 5", "message 11", replayed, "the end"]);
    window.close().await;
}
