//! The page's process dies or stops; the program goes on.

use std::process::Command;
use std::time::Duration;

use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::wait;
use xtask::process_group::wait_for_end;

use crate::log_view::{self, wait_for_data};
use crate::stage::{Stage, one_feed, web_process_below};

/// Much longer than a start takes on a loaded machine.
const START_LIMIT: Duration = Duration::from_secs(20);
/// What the tray says once a page that is drawn and in front has reported the newest alert as read.
const ALL_READ: &str = "Bellwire\n1 of 1 feed live";

/// Sends this signal to the page's process, receives on, and opens the window anew.
async fn receive_on_after(signal: &str) {
    let origin = Origin::start(vec![Scene::stream("event: alert\nid: 0\ndata: number 0\n\n")]).await;
    let stage = Stage::new(&one_feed(&origin.url("/"))).await;
    let mut app = stage.start(&[]);
    wait_for_tooltip(&stage, |text| text == ALL_READ).await;
    let page = web_process_below(app.id()).expect("a page");
    assert!(Command::new("kill").args([signal, &page.to_string()]).status().unwrap().success());

    // Far more than fits into any pipe between the two.
    origin.send(&(1..3_000).map(|n| format!("id: {n}\ndata: number {n}\n\n")).collect::<String>());
    origin.send("event: alert\nid: 3000\ndata: number 3000\n\n");
    stage.daemon.wait_for("the notification", |call| call.body == "number 3000").await;
    wait_for_tooltip(&stage, |text| text.contains("1 unread")).await;

    // The window goes, and comes again with a page of its own.
    stage.close_window().await;
    let mut second = stage.start(&[]);
    assert!(wait_for_end(&mut second, START_LIMIT).unwrap().expect("the second start ends").success());
    stage.wait_for_visible_window().await;
    wait_for_tooltip(&stage, |text| text == ALL_READ).await;
    assert_eq!(origin.count(), 1, "one connection, from the first event to the last");
    stage.quit().await;
    assert!(app.wait().unwrap().success());

    let window = stage.open().await;
    wait_for_data(&window, "number 3000").await;
    let numbers =
        log_view::run(&window, "return document.querySelector('[data-testid=log-total]').textContent").await;
    assert!(numbers.as_str().is_some_and(|text| text.trim().starts_with("3,0")), "{numbers}");
    window.close().await;
}

async fn wait_for_tooltip(stage: &Stage, wanted: impl Fn(&str) -> bool) {
    wait::until("the tray's word", async || stage.tray().await.tooltip().await.filter(|text| wanted(text)))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_whose_process_is_killed_costs_no_event_and_a_new_window_is_complete() {
    receive_on_after("-KILL").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_whose_process_is_stopped_costs_no_event_and_a_new_window_is_complete() {
    receive_on_after("-STOP").await;
}
