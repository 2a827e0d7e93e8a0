//! The tray, in the real panel.

use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::wait;

use crate::log_view::wait_for_data;
use crate::stage::{Stage, is_running, one_feed};

#[tokio::test(flavor = "multi_thread")]
async fn the_tray_menu_shows_the_state_mutes_and_ends_the_program() {
    let origin = Origin::start(vec![Scene::stream("")]).await;
    let feed =
        |id, name| format!("[[feed]]\nid = \"{id}\"\nname = \"{name}\"\nurl = \"{}\"\n", origin.url("/"));
    let stage = Stage::new(&(feed("ops", "运维_告警") + &feed("door", "Door & sensors"))).await;
    let window = stage.open().await;
    window.wait_for("[data-feed=ops][data-state=live]").await;
    window.wait_for("[data-feed=door][data-state=live]").await;

    let item = stage.tray().await;
    assert!(stage.desktop.has_tray_item());
    assert_eq!(item.text("Title").await.as_deref(), Some("Bellwire"));
    let tooltip =
        wait::until("the tooltip", async || item.tooltip().await.filter(|text| text.contains("2 of 2")))
            .await;
    assert_eq!(tooltip, "Bellwire\n2 of 2 feeds live");
    let receiving = item.icon_pixmaps().await;
    assert!(!receiving.is_empty());

    let labels = item.menu_labels().await;
    assert_eq!(labels[..2], ["Bellwire: 2 of 2 feeds live", "Open Bellwire"]);
    let mute = ["For 30 minutes", "For 1 hour", "Until 07:00 tomorrow", "Until I turn them on"];
    for expected in mute.map(|label| format!("Mute notifications / {label}")) {
        assert!(labels.contains(&expected), "{labels:#?}");
    }
    for expected in ["Feeds / 运维_告警: live", "Feeds / Door & sensors: live"] {
        assert!(labels.iter().any(|label| label == expected), "{labels:#?}");
    }
    assert_eq!(labels.last().map(String::as_str), Some("Quit Bellwire"));

    item.click("Mute notifications / For 30 minutes").await;
    window.wait_for("[data-testid=mute][data-mute=until]").await;
    origin.send("event: alert\ndata: hushed\n\n");
    let row = wait_for_data(&window, "hushed").await;
    assert_eq!(row.decision, ["bell-off"]);
    // The lines of an opened menu do not change for 10 s; opening it again updates them.
    wait::until("Unmute", async || {
        item.menu_labels().await.iter().any(|label| label == "Unmute (30 min left)").then_some(())
    })
    .await;
    assert!(item.tooltip().await.unwrap().ends_with("muted, 30 min left"));
    assert_ne!(item.icon_pixmaps().await, receiving);

    item.click("Unmute (30 min left)").await;
    window.wait_for("[data-testid=mute][data-mute=off]").await;
    origin.send("event: alert\ndata: heard\n\n");
    stage.daemon.wait_for("the notification", |call| call.body == "heard").await;
    assert_eq!(stage.daemon.calls().len(), 1);
    let last = wait::until("the last notification in the menu", async || {
        let mut labels = item.menu_labels().await.into_iter();
        labels.find(|label| label == "Last notified").and(labels.next())
    })
    .await;
    assert!(last.contains("heard") || last.contains("alert"), "{last}");

    let app = stage.app_id().await;
    item.click_to_end("Quit Bellwire").await;
    wait::until("the app to end", async || (!is_running(app)).then_some(())).await;
    wait::until("the item to go", async || (!stage.desktop.has_tray_item()).then_some(())).await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_icon_opens_a_window_and_a_feed_in_the_menu_reconnects() {
    let mut origin = Origin::start(vec![Scene::status(404, &[]), Scene::stream("data: back\n\n")]).await;
    let stage = Stage::new(&one_feed(&origin.url("/"))).await;
    let window = stage.open().await;
    window.wait_for("[data-feed=ops][data-state=parked]").await;
    stage.close_window().await;

    let item = stage.tray().await;
    wait::until("what needs a person", async || {
        item.menu_labels()
            .await
            .iter()
            .any(|label| label == "Ops needs you: check the address…")
            .then_some(())
    })
    .await;
    item.activate().await;
    stage.wait_for_visible_window().await;
    window.take_next().await;
    window.wait_for("[data-feed=ops][data-state=parked]").await;
    item.click("Feeds / Ops: needs you").await;
    wait_for_data(&window, "back").await;
    assert_eq!(origin.asked(2).await.len(), 2);
    window.close().await;
}
