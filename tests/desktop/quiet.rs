//! How the window shows servers that are polled, and control events.

use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::wait;
use serde_json::json;

use crate::log_view::{self, run, wait_for_rows};
use crate::pictures::keep;
use crate::stage::Stage;

/// Ends after one event.
fn poll(number: usize) -> Scene {
    Scene::ended(&format!("retry: 400\nid: {number}\nevent: tick\ndata: {{\"number\":{number}}}\n\n"))
}

/// The row of the polls counts on, the feed stays live, and control events are fainter than others and have no glyph.
#[tokio::test(flavor = "multi_thread")]
async fn polls_are_one_row_that_counts_and_control_events_are_faint() {
    for (name, theme, language, polled, live) in [
        ("light", "light", "en", "Polled every 0.4 s.", "Live, polled every 0.4 s"),
        ("dark", "dark", "en", "Polled every 0.4 s.", "Live, polled every 0.4 s"),
        ("chinese", "light", "zh-CN", "每 0.4 秒轮询一次。", "在线，每 0.4 秒轮询一次"),
    ] {
        let polls = Origin::start((1..=2000).map(poll).collect()).await;
        let quiet = "event: heartbeat\ndata: {\"n\":1}\n\nevent: note\ndata: {\"text\":\"hello\"}\n\n";
        let quiet = Origin::start(vec![Scene::stream(quiet)]).await;
        let feed =
            |id: &str, url: String| format!("[[feed]]\nid = \"{id}\"\nname = \"{id}\"\nurl = \"{url}\"\n");
        let rule = "[[feed.rule]]\nnotify = false\n";
        let app = format!("[app]\ntheme = \"{theme}\"\nlanguage = \"{language}\"\n");
        let feeds =
            format!("{}{rule}{}{rule}", feed("polled", polls.url("/")), feed("quiet", quiet.url("/")));
        let stage = Stage::new(&format!("{app}{feeds}")).await;
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

        window.wait_for("[data-feed=quiet]").await.click().await.unwrap();
        let rows = wait_for_rows(&window, "both events", |rows| {
            rows.iter().filter(|row| row.kind == "event").count() == 2
        })
        .await;
        let events: Vec<_> = rows.iter().filter(|row| row.kind == "event").collect();
        assert_eq!((events[0].event.as_str(), events[0].decision.len()), ("heartbeat", 0));
        let colours = run(&window, COLOURS).await;
        assert_eq!(colours, json!({"areControlRowsFainter": true}));
        keep(&window, &format!("control-{name}")).await;
        window.close().await;
    }
}

const COLOURS: &str = r#"
const colour = (css) => getComputedStyle(document.querySelector(css)).color;
return {areControlRowsFainter: colour('.row.control .data-cell') !== colour('.row.info:not(.control) .data-cell')};
"#;
