//! The page's process is killed or stopped; the program keeps running.

use std::process::Command;
use std::time::Duration;

use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::wait;
use xtask::process_group::wait_for_end;

use crate::log_view::{self, wait_for_data};
use crate::stage::{Stage, one_feed, web_process_below};

/// The timeout of a start: much longer than one takes on a loaded machine.
const START_LIMIT: Duration = Duration::from_secs(20);
/// The tray's tooltip after a visible page has marked the newest alert as read.
const ALL_READ: &str = "Bellwire\n1 of 1 feed live";

/// Sends this signal to the page's process, receives further events, and opens the window again.
async fn receive_on_after(signal: &str) {
    let origin = Origin::start(vec![Scene::stream("event: alert\nid: 0\ndata: number 0\n\n")]).await;
    let stage = Stage::new(&one_feed(&origin.url("/"))).await;
    let mut app = stage.start(&[]);
    wait_for_tooltip(&stage, |text| text == ALL_READ).await;
    let page = web_process_below(app.id()).expect("a page");
    assert!(Command::new("kill").args([signal, &page.to_string()]).status().unwrap().success());

    // More than fits into any pipe between the two processes.
    origin.send(&(1..3_000).map(|n| format!("id: {n}\ndata: number {n}\n\n")).collect::<String>());
    origin.send("event: alert\nid: 3000\ndata: number 3000\n\n");
    stage.daemon.wait_for("the notification", |call| call.body == "number 3000").await;
    wait_for_tooltip(&stage, |text| text.contains("1 unread")).await;

    // The window is closed, and opened again with a new page.
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
async fn killing_the_pages_process_loses_no_event_and_a_new_window_is_complete() {
    receive_on_after("-KILL").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_the_pages_process_loses_no_event_and_a_new_window_is_complete() {
    receive_on_after("-STOP").await;
}
