//! How the window shows servers that are polled, and control events.

use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::wait;
use bellwire_tests::support::webdriver::Window;
use serde_json::json;

use crate::log_view::{self, SeenRow, run, wait_for_rows};
use crate::pictures::keep;
use crate::stage::Stage;

/// Ends after one event.
fn poll(number: usize) -> Scene {
    Scene::ended(&format!("retry: 400\nid: {number}\nevent: tick\ndata: {{\"number\":{number}}}\n\n"))
}

fn feed(id: &str, url: &str) -> String {
    format!("[[feed]]\nid = \"{id}\"\nname = \"{id}\"\nurl = \"{url}\"\n[[feed.rule]]\nnotify = false\n")
}

/// The row of the polls counts on, and the feed stays live.
#[tokio::test(flavor = "multi_thread")]
async fn polls_are_one_row_that_counts() {
    for (name, theme, language, polled, live) in [
        ("light", "light", "en", "Polled every 0.4 s.", "Live, polled every 0.4 s"),
        ("dark", "dark", "en", "Polled every 0.4 s.", "Live, polled every 0.4 s"),
        ("chinese", "light", "zh-CN", "每 0.4 秒轮询一次。", "在线，每 0.4 秒轮询一次"),
    ] {
        let polls = Origin::start((1..=2000).map(poll).collect()).await;
        let app = format!("[app]\ntheme = \"{theme}\"\nlanguage = \"{language}\"\n");
        let stage = Stage::new(&format!("{app}{}", feed("polled", &polls.url("/")))).await;
        let window = stage.open().await;
        window.wait_for("[data-feed=polled]").await.click().await.unwrap();
        let row = wait::until("a row of polls", async || {
            log_view::rows(&window).await.into_iter().find(|row| row.kind == "polled")
        })
        .await;
        assert!(row.message.starts_with(polled), "{}", row.message);
        wait_for_rows(&window, "the row counts on", |rows| {
            rows.iter().any(|other| other.seq == row.seq && other.message != row.message)
        })
        .await;
        window.wait_for("[data-feed=polled][data-state=live]").await;
        window.wait_for_text("[data-testid=state-line]", live).await;
        keep(&window, &format!("polled-{name}")).await;
        window.close().await;
    }
}

/// The head says how many are hidden. Shown, they are fainter than others and have no glyph; the switch works by mouse
/// and keyboard, and the rows in view stay where they are.
#[tokio::test(flavor = "multi_thread")]
async fn control_events_are_hidden_until_the_switch_shows_them() {
    for (name, theme, language, hidden, shown) in [
        ("light", "light", "en", "301 rows, 150 control hidden", "451 rows, 150 control"),
        ("dark", "dark", "en", "301 rows, 150 control hidden", "451 rows, 150 control"),
        ("chinese", "light", "zh-CN", "301 行，已隐藏 150 条控制事件", "451 行，其中 150 条控制事件"),
    ] {
        let origin = Origin::start(vec![Scene::stream(&(0..150).map(beat).collect::<String>())]).await;
        let app = format!("[app]\ntheme = \"{theme}\"\nlanguage = \"{language}\"\n");
        let severity = "severity = { critical = [\"heartbeat\"], warning = [\"late\"] }\n";
        let url = origin.url("/");
        let feed = format!("[[feed]]\nid = \"ops\"\nname = \"Ops\"\nurl = \"{url}\"\n{severity}");
        let stage = Stage::new(&format!("{app}{feed}[[feed.rule]]\nnotify = false\n")).await;
        let window = stage.open().await;
        window.wait_for_text("[data-testid=log-total]", hidden).await;
        assert!(log_view::events(&window).await.iter().all(|row| row.event != "heartbeat"));
        keep(&window, &format!("control-hidden-{name}")).await;

        let switch = window.wait_for("[data-testid=show-control]").await;
        switch.click().await.unwrap();
        window.wait_for_text("[data-testid=log-total]", shown).await;
        window.wait_for("[data-testid=show-control][aria-checked=true]").await;
        let rows = wait_for_rows(&window, "the newest control event in view", |rows| {
            rows.iter().any(|row| row.event == "heartbeat" && row.data.contains("149") && row.in_view)
        })
        .await;
        let beats = || rows.iter().filter(|row| row.event == "heartbeat");
        assert!(beats().all(|row| row.decision.is_empty()));
        assert_eq!(run(&window, LOOK).await, json!({"isFainter": true, "isOutlined": true, "glyphs": 0}));
        keep(&window, &format!("control-shown-{name}")).await;

        // A control event is at the top of a paused view: the row below keeps its position, and then the row at the top.
        run(&window, "document.querySelector('.log').scrollTop = 140 * 22").await;
        window.wait_for("[data-testid=log][data-following=false]").await;
        let in_view = |rows: &[SeenRow]| rows.iter().filter(|row| row.in_view).cloned().collect::<Vec<_>>();
        let rows = wait_for_rows(&window, "a control event at the top", |rows| {
            in_view(rows).first().is_some_and(|row| row.event == "heartbeat")
        })
        .await;
        let mut stays = in_view(&rows)[1].seq;
        for state in ["false", "true"] {
            let place = place_of(&window, stays).await;
            run(&window, "document.querySelector('[data-testid=show-control]').focus()").await;
            window.client.active_element().await.unwrap().send_keys(" ").await.unwrap();
            window.wait_for(&format!("[data-testid=show-control][aria-checked={state}]")).await;
            let text = if state == "true" { shown } else { hidden };
            window.wait_for_text("[data-testid=log-total]", text).await;
            let rows = wait_for_rows(&window, "the other rows", |rows| {
                rows.iter().any(|row| row.event == "heartbeat") == (state == "true")
            })
            .await;
            assert_eq!(place_of(&window, stays).await, place, "row {stays}, shown: {state}");
            stays = in_view(&rows)[0].seq;
        }
        window.close().await;
    }
}

/// Three events, the last of which is a control event.
fn beat(number: usize) -> String {
    let event = |name: &str, key: &str| format!("event: {name}\ndata: {{\"{key}\":{number}}}\n\n");
    event("tick", "tick") + &event("late", "late") + &event("heartbeat", "beat")
}

/// Returns the distance of a row from the top of the window, in pixels.
async fn place_of(window: &Window, seq: i64) -> serde_json::Value {
    let script =
        format!("return Math.round(document.querySelector('#row-{seq}').getBoundingClientRect().top)");
    run(window, &script).await
}

const LOOK: &str = r#"
const style = (css) => getComputedStyle(document.querySelector(css));
const beat = '.row.control', tick = '.row.info';
return {
  isFainter: style(`${beat} .data-cell`).color !== style(`${tick} .data-cell`).color,
  isOutlined: style(`${beat} .tag`).boxShadow !== 'none' && style(`${tick} .tag`).boxShadow === 'none',
  glyphs: document.querySelectorAll(`${beat} svg`).length,
};
"#;
