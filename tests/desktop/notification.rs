//! Clicks on notifications.

use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::wait;

use crate::log_view::{self, wait_for_data};
use crate::stage::{Stage, has_web_process, one_feed};

#[tokio::test(flavor = "multi_thread")]
async fn a_click_on_a_notification_opens_the_closed_window_at_its_row() {
    let origin = Origin::start(vec![Scene::stream("data: first\n\n")]).await;
    let stage = Stage::new(&one_feed(&origin.url("/"))).await;
    let window = stage.open().await;
    wait_for_data(&window, "first").await;
    let app = stage.app_id().await;
    assert!(has_web_process(app));

    stage.close_window().await;
    wait::until("the web process to end", async || (!has_web_process(app)).then_some(())).await;

    origin.send("event: alert\ndata: wanted\n\n");
    let call = stage.daemon.wait_for("the notification", |call| call.body == "wanted").await;
    // More rows than the window can show, so that the row is not among the newest in view.
    origin.send(&(0..500).map(|n| format!("data: later {n}\n\n")).collect::<String>());
    stage.open_through(call.id).await;
    window.take_next().await;
    let row = wait_for_data(&window, "wanted").await;
    assert!(row.selected && row.in_view, "{row:?}");
    let events = log_view::events(&window).await;
    assert_eq!(events.iter().filter(|row| row.selected).count(), 1);
    assert!(events.iter().all(|row| row.data != "later 499"), "the newest rows are not what it shows");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_click_on_a_notification_moves_an_open_window_to_its_row() {
    let origin = Origin::start(vec![Scene::stream("event: alert\ndata: wanted\n\n")]).await;
    let stage = Stage::new(&one_feed(&origin.url("/"))).await;
    let window = stage.open().await;
    let call = stage.daemon.wait_for("the notification", |call| call.body == "wanted").await;
    origin.send(&(0..500).map(|n| format!("data: later {n}\n\n")).collect::<String>());
    wait_for_data(&window, "later 499").await;
    stage.daemon.click(call.id, "default").await;
    let row = wait_for_data(&window, "wanted").await;
    assert!(row.selected && row.in_view, "{row:?}");
    window.close().await;
}
