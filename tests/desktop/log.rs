//! The log while events arrive: no event is missing, and the scroll position is kept.

use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::wait;
use bellwire_tests::support::webdriver::Window;
use fantoccini::Locator;
use fantoccini::key::Key;
use serde_json::json;

use crate::log_view::{self, SeenRow, wait_for_data};
use crate::stage::{Stage, one_feed};

#[tokio::test(flavor = "multi_thread")]
async fn events_during_the_start_and_each_reload_are_shown_once_and_in_order() {
    let mut sent = 0;
    let mut next = |count: u32| {
        sent += count;
        (sent - count..sent).map(|n| format!("data: number {n}\n\n")).collect::<String>()
    };
    let origin = Origin::start(vec![Scene::stream(&next(100))]).await;
    let stage = Stage::new(&one_feed(&origin.url("/"))).await;
    // The page is still loading while these arrive.
    let window = stage.open_at_once().await;
    origin.send(&next(50));
    for _ in 0..10 {
        origin.send(&next(15));
        window.reload().await;
        origin.send(&next(15));
        window.wait_for_reload().await;
    }
    let total = sent;
    wait_for_data(&window, &format!("number {}", total - 1)).await;
    let numbers = log_view::run(&window, READ_ALL).await;
    assert_eq!(numbers, json!((0..total).map(|n| format!("number {n}")).collect::<Vec<_>>()));
    let label = window.wait_for("[data-testid=log-total]").await.text().await.unwrap();
    // The connection is also a row.
    assert_eq!(label, format!("{} rows", total + 1));
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_in_view_do_not_move_after_scrolling_up_and_end_follows_again() {
    let origin = Origin::start(vec![Scene::stream(&numbers(0..300))]).await;
    let stage = Stage::new(&one_feed(&origin.url("/"))).await;
    let window = stage.open().await;
    wait_for_data(&window, "number 299").await;
    window.wait_for("[data-testid=log][data-following=true]").await;

    log_view::run(&window, "document.querySelector('.log').scrollTop -= 1500").await;
    window.wait_for("[data-testid=log][data-following=false]").await;
    let before = places(&window).await;
    assert!(before.len() > 20 && before.iter().all(|(data, _)| data != "number 299"), "{before:?}");

    origin.send(&numbers(300..336));
    origin.send("event: outage\ndata: number 336\n\n");
    window.wait_for_text("[data-testid=jump-latest]", "37 new").await;
    assert_eq!(places(&window).await, before);

    window.client.find(Locator::Css(".log")).await.unwrap().send_keys(&Key::End.to_string()).await.unwrap();
    window.wait_for("[data-testid=log][data-following=true]").await;
    let last = |rows: &[SeenRow], data: &str| rows.last().is_some_and(|row| row.data == data && row.in_view);
    log_view::wait_for_rows(&window, "the newest row in view", |rows| last(rows, "number 336")).await;
    assert!(window.client.find(Locator::Css("[data-testid=jump-latest]")).await.is_err());
    origin.send(&numbers(337..400));
    log_view::wait_for_rows(&window, "the row after it in view", |rows| last(rows, "number 399")).await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn displayed_events_are_read_and_those_of_a_closed_window_are_below_a_line() {
    let origin = Origin::start(vec![Scene::stream("event: alert\ndata: seen\n\n")]).await;
    let stage = Stage::new(&one_feed(&origin.url("/"))).await;
    let window = stage.open().await;
    wait_for_data(&window, "seen").await;
    wait::until("the event to count as read", async || {
        window.client.find(Locator::Css("[data-feed=ops] [data-unread]")).await.is_err().then_some(())
    })
    .await;

    stage.close_window().await;
    origin.send("event: alert\ndata: missed\n\nevent: alert\ndata: missed too\n\n");
    let item = stage.tray().await;
    wait::until("the unread in the tooltip", async || {
        item.tooltip().await.filter(|text| text.ends_with("2 unread"))
    })
    .await;
    item.click("Open Bellwire").await;
    stage.wait_for_visible_window().await;
    window.take_next().await;
    wait_for_data(&window, "missed too").await;
    let line = window.wait_for("[data-testid=new-since]").await;
    assert!(line.text().await.unwrap().starts_with("New since "));
    let order = log_view::run(&window, ORDER).await;
    assert_eq!(order, json!(["seen", "line", "missed", "missed too"]));
    window.close().await;
}

fn numbers(range: std::ops::Range<u32>) -> String {
    range.map(|n| format!("data: number {n}\n\n")).collect()
}

/// Returns the rows in view, with their distance from the top of the window in pixels.
async fn places(window: &Window) -> Vec<(String, i64)> {
    let rows = log_view::rows(window).await;
    let tops = log_view::run(window, TOPS).await;
    let top = |row: &SeenRow| tops[row.seq.to_string()].as_i64().unwrap();
    rows.iter().filter(|row| row.in_view).map(|row| (row.data.clone(), top(row))).collect()
}

const TOPS: &str = r#"
const rows = [...document.querySelectorAll('.row[data-seq]')];
return Object.fromEntries(rows.map((row) => [row.dataset.seq, Math.round(row.getBoundingClientRect().top)]));
"#;

const ORDER: &str = r#"
const rows = [...document.querySelectorAll('.row[data-kind=event], [data-testid=new-since]')];
rows.sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top);
return rows.map((row) => row.querySelector('.data-cell')?.textContent.trim() ?? 'line');
"#;

/// Scrolls from the first row to the last, and returns the data of all events.
const READ_ALL: &str = r#"
const log = document.querySelector('.log');
const drawn = () => [...document.querySelectorAll('.row[data-seq]')];
const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
const first = () => Math.min(...drawn().map((row) => Number(row.getAttribute('aria-rowindex'))));
while (log.scrollTop > 0 || first() > 1) {
  log.scrollTop = 0;
  await frame();
}
const seen = new Map();
for (;;) {
  for (const row of drawn()) {
    if (row.dataset.kind === 'event') seen.set(Number(row.dataset.seq), row.querySelector('.data-cell').textContent.trim());
  }
  const before = log.scrollTop;
  log.scrollTop += log.clientHeight / 2;
  await frame();
  if (log.scrollTop === before) break;
}
return [...seen.keys()].sort((a, b) => a - b).map((seq) => seen.get(seq));
"#;
