//! An empty home.

use bellwire_tests::support::node::NodeServer;
use bellwire_tests::support::wait;

use crate::log_view::{self, wait_for_data};
use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_feeds_are_one_click_away_and_only_the_alerts_notify() {
    let stage = Stage::new("").await;
    let window = stage.open().await;
    window.wait_for("[data-testid=first-run]").await;
    window.wait_for("[data-testid=demo-feeds]").await.click().await.unwrap();
    for feed in ["demo-quotes", "demo-places", "demo-alerts"] {
        window.wait_for(&format!("[data-feed={feed}][data-state=live]")).await;
    }
    for event in ["quote", "position"] {
        let rows =
            log_view::wait_for_rows(&window, event, |rows| rows.iter().any(|row| row.event == event)).await;
        let row = rows.iter().find(|row| row.event == event).unwrap();
        assert!(row.data.starts_with('{') && row.decision.is_empty(), "{row:?}");
    }
    window.wait_for("[data-feed=demo-alerts]").await.click().await.unwrap();
    // The rows of all feeds are shown until those of the one feed are loaded.
    let alerts = ["outage", "degraded", "resolved"];
    log_view::wait_for_rows(&window, "alerts and nothing else", |rows| {
        let mut events = rows.iter().filter(|row| row.kind == "event").peekable();
        events.peek().is_some() && events.all(|row| alerts.contains(&row.event.as_str()))
    })
    .await;
    let call = stage.daemon.wait_for("a notification", |_| true).await;
    assert!(alerts.iter().any(|alert| call.summary == format!("Alerts · {alert}")), "{call:?}");
    let config = std::fs::read_to_string(stage.home_dir().join("config.toml")).unwrap();
    assert_eq!(config.matches("[[feed]]").count(), 3, "{config}");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tutorials_server_is_added_by_its_address_after_a_check() {
    let server = NodeServer::start("clock-stream.mjs", &[0]);
    let stage = Stage::new("").await;
    let window = stage.open().await;
    window.wait_for("[data-testid=first-run-url]").await.send_keys(&server.url("/stream")).await.unwrap();
    window.wait_for("[data-testid=first-run-check]").await.click().await.unwrap();
    for step in ["address", "connect", "answer", "type", "first-event"] {
        window.wait_for(&format!("[data-step={step}][data-mark=ok]")).await;
    }
    window.wait_for_text("[data-step=type]", "text/event-stream").await;
    window.wait_for_text("[data-step=first-event]", "connecttime").await;
    window.wait_for("[data-testid=dialog-add]").await.click().await.unwrap();

    let call =
        stage.daemon.wait_for("the notification", |call| call.summary.ends_with(" · connecttime")).await;
    let named = wait_for_data(&window, &call.body).await;
    assert_eq!(
        (named.event.as_str(), named.decision.as_slice()),
        ("connecttime", ["bell".to_owned()].as_slice())
    );
    // One unnamed event follows each second, and the log contains the server's `retry` of 10 s.
    let rows = log_view::wait_for_rows(&window, "two unnamed events", |rows| {
        rows.iter().filter(|row| row.event == "message").count() >= 2
    })
    .await;
    assert!(rows.iter().any(|row| row.kind == "retry" && row.message.contains("10")), "{rows:#?}");
    assert!(rows.iter().filter(|row| row.event == "message").all(|row| row.decision.is_empty()));
    assert_eq!(stage.daemon.calls().len(), 1);
    wait::until("the feed in the configuration", async || {
        let config = std::fs::read_to_string(stage.home_dir().join("config.toml")).ok()?;
        config.contains(&server.url("/stream")).then_some(())
    })
    .await;
    window.close().await;
}
