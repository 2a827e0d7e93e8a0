//! Screenshots of the window, stored in target/pictures. If BELLWIRE_PICTURES is set, the README's screenshot is
//! replaced.

use std::fs;
use std::path::Path;

use bellwire_tests::support::wait;
use bellwire_tests::support::webdriver::Window;

use crate::log_view::{self, SeenRow, run};
use crate::stage::{Stage, pictures_dir};

/// The event types of the demo's alerts.
const ALERTS: [&str; 3] = ["outage", "degraded", "resolved"];

#[tokio::test(flavor = "multi_thread")]
async fn the_window_is_light_dark_or_chinese_as_configured() {
    for (name, theme, language) in
        [("light", "light", "en"), ("dark", "dark", "en"), ("chinese", "light", "zh-CN")]
    {
        let stage = Stage::new(&format!("[app]\ntheme = \"{theme}\"\nlanguage = \"{language}\"\n")).await;
        let window = stage.open().await;
        window.wait_for("[data-testid=first-run]").await;
        keep(&window, &format!("first-run-{name}")).await;
        window.wait_for("[data-testid=demo-feeds]").await.click().await.unwrap();
        for feed in ["demo-quotes", "demo-places", "demo-alerts"] {
            window.wait_for(&format!("[data-feed={feed}][data-state=live]")).await;
        }
        let alert = wait::until("an alert in view", async || {
            let rows = log_view::rows(&window).await;
            let is_alert = |row: &&SeenRow| row.in_view && ALERTS.contains(&row.event.as_str());
            rows.iter().rfind(is_alert).map(|row| row.seq)
        })
        .await;
        window.wait_for(&format!("#row-{alert}")).await.click().await.unwrap();
        window.wait_for("[data-testid=fields]").await;
        let is_readme = name == "light" && std::env::var_os("BELLWIRE_PICTURES").is_some();
        if is_readme {
            // The view is paused while events arrive.
            window.wait_for_text("[data-testid=jump-latest]", "37 new").await;
        }

        let look = run(&window, LOOK).await;
        let is_light = look["brightness"].as_f64().unwrap() > 0.5;
        assert_eq!((is_light, look["language"].as_str()), (theme == "light", Some(language)), "{look}");
        let is_chinese =
            look["words"].as_str().unwrap().chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        assert_eq!(is_chinese, language == "zh-CN", "{look}");
        let png = keep(&window, name).await;
        if is_readme {
            let png_path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/pictures/window.png");
            fs::create_dir_all(png_path.parent().unwrap()).unwrap();
            fs::write(png_path, png).unwrap();
        }
        for (tab, content) in [("raw", "raw-lines"), ("timing", "timing-notified")] {
            window.wait_for(&format!("[data-testid=tab-{tab}]")).await.click().await.unwrap();
            window.wait_for(&format!("[data-testid={content}]")).await;
            keep(&window, &format!("{tab}-{name}")).await;
        }
        window.close().await;
    }
}

/// Writes a screenshot of the page to target/pictures, and returns it.
pub async fn keep(window: &Window, name: &str) -> Vec<u8> {
    keep_at(window, name, (1200, 760)).await
}

/// Writes a screenshot of a page of this width and height to target/pictures, and returns it.
pub async fn keep_at(window: &Window, name: &str, (width, height): (u32, u32)) -> Vec<u8> {
    run(window, DRAWN).await;
    let png = window.client.screenshot().await.unwrap();
    // PNG, third edition, 11.2.2: width and height.
    assert_eq!(png[16..24], [width.to_be_bytes(), height.to_be_bytes()].concat());
    fs::write(pictures_dir().join(format!("{name}.png")), &png).unwrap();
    png
}

/// Waits until the page has been painted: the second frame starts after the first was displayed.
const DRAWN: &str =
    "return new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))";

/// Returns the brightness of the page's background, its language, and the texts in the sidebar that the program sends.
const LOOK: &str = r#"
const shown = (element) => getComputedStyle(element).backgroundColor;
const clear = 'rgba(0, 0, 0, 0)';
const ground = [...document.querySelectorAll('main, .app, body, html')].map(shown).find((color) => color !== clear);
const brightness = ground.match(/[\d.]+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / (3 * 255);
const words = document.querySelector('[data-testid=view-all]').textContent;
return { brightness, language: document.documentElement.lang, words };
"#;
