//! The window is closed and opened; the program keeps running.

use std::time::Duration;

use bellwire_tests::support::desktop::Options;
use bellwire_tests::support::notifyd::USUAL_CAPABILITIES;
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::{tray, wait};
use xtask::process_group::wait_for_end;

use crate::log_view::wait_for_data;
use crate::stage::{Stage, has_web_process, one_feed, processes_below};

/// The timeout of a start: much longer than one takes on a loaded machine.
const START_LIMIT: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn a_hidden_start_has_no_web_view_until_a_second_start_shows_the_window() {
    let origin = Origin::start(vec![Scene::stream("event: alert\ndata: unseen\n\n")]).await;
    let stage = Stage::new(&one_feed(&origin.url("/"))).await;
    let mut first = stage.start(&["--hidden"]);
    stage.daemon.wait_for("the notification", |call| call.body == "unseen").await;
    stage.tray().await;
    assert_eq!(processes_below(first.id()), [""; 0]);
    assert!(!stage.has_visible_window());

    let mut second = stage.start(&[]);
    let status = wait_for_end(&mut second, START_LIMIT).unwrap().expect("the second start ends");
    assert!(status.success(), "{status}");
    stage.wait_for_visible_window().await;
    wait::until("the web process", async || has_web_process(first.id()).then_some(())).await;
    assert_eq!(tray::items(&stage.bus).await.len(), 1);
    // The first process keeps receiving, and each event is stored once.
    origin.send("event: alert\ndata: seen\n\n");
    stage.daemon.wait_for("the notification", |call| call.body == "seen").await;
    assert_eq!((stage.daemon.calls().len(), origin.count()), (2, 1));

    // A visible page marks what it shows as read.
    let item = stage.tray().await;
    wait::until("all read", async || {
        item.tooltip().await.filter(|text| text == "Bellwire\n1 of 1 feed live")
    })
    .await;
    stage.close_window().await;
    wait::until("the web process to end", async || (!has_web_process(first.id())).then_some(())).await;
    let mut third = stage.start(&[]);
    assert!(wait_for_end(&mut third, START_LIMIT).unwrap().expect("the third start ends").success());
    stage.wait_for_visible_window().await;
    stage.quit().await;
    assert!(first.wait().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_first_closing_shows_the_hint_that_receiving_continues() {
    let origin = Origin::start(vec![Scene::stream("")]).await;
    let stage = Stage::new(&one_feed(&origin.url("/"))).await;
    let window = stage.open().await;
    stage.close_window().await;
    let hint = stage.daemon.wait_for("the hint", |_| true).await;
    assert_eq!(hint.summary, "Bellwire keeps receiving");
    assert_eq!(hint.body, "The window is closed, the tray icon stays. Quit ends Bellwire.");
    stage.open_through(hint.id).await;
    window.take_next().await;
    window.wait_for(".app").await;
    stage.close_window().await;
    stage.quit().await;
    window.close().await;

    let window = stage.open().await;
    stage.close_window().await;
    // Notifications of the closings were requested before this.
    wait::until("the connection after the restart", async || (origin.count() == 2).then_some(())).await;
    origin.send("event: alert\ndata: the end\n\n");
    stage.daemon.wait_for("the notification", |call| call.body == "the end").await;
    let titles: Vec<_> = stage.daemon.calls().into_iter().map(|call| call.summary).collect();
    assert_eq!(titles, ["Bellwire keeps receiving", "Ops · alert"]);
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_tray_closing_minimises_the_window_without_a_hint() {
    let origin = Origin::start(vec![Scene::stream("")]).await;
    let options = Options { tray: false, ..Options::default() };
    let stage = Stage::with(&options, USUAL_CAPABILITIES, &one_feed(&origin.url("/"))).await;
    let window = stage.open().await;
    wait::until("the connection", async || (origin.count() == 1).then_some(())).await;
    stage.close_window().await;
    assert!(stage.has_minimised_window());
    origin.send("event: alert\ndata: the end\n\n");
    stage.daemon.wait_for("the notification", |_| true).await;
    assert_eq!(stage.daemon.calls().len(), 1);
    // It is the same page, which was running all the time.
    wait_for_data(&window, "the end").await;

    let mut second = stage.start(&[]);
    assert!(wait_for_end(&mut second, START_LIMIT).unwrap().expect("the second start ends").success());
    stage.wait_for_visible_window().await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panel_that_ends_and_starts_again_shows_the_tray_item_again() {
    let mut stage = Stage::new("").await;
    let window = stage.open().await;
    let app = stage.app_id().await;
    stage.desktop.stop_panel().unwrap();
    stage.close_window().await;
    assert!(stage.has_minimised_window() && has_web_process(app));

    stage.desktop.start_panel().unwrap();
    stage.tray().await.activate().await;
    stage.wait_for_visible_window().await;
    stage.close_window().await;
    wait::until("the web process to end", async || (!has_web_process(app)).then_some(())).await;
    assert!(!stage.has_minimised_window());
    window.close().await;
}
