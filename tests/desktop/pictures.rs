//! Pictures of the window as it is, kept in target/pictures. With BELLWIRE_PICTURES set, the README's is renewed.

use std::fs;
use std::path::Path;

use bellwire_tests::support::webdriver::Window;
use serde_json::Value;

use crate::log_view::{self, run};
use crate::stage::{Stage, pictures_dir};

#[tokio::test(flavor = "multi_thread")]
async fn the_window_is_light_dark_or_chinese_as_the_configuration_says() {
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
        let is_full = |rows: &[log_view::SeenRow]| rows.iter().filter(|row| row.in_view).count() > 20;
        log_view::wait_for_rows(&window, "a log as high as its frame", is_full).await;
        let alerts = run(&window, ALERTS).await;
        if let Some(seq) = alerts.as_array().unwrap().last().and_then(Value::as_str) {
            run(&window, &format!("document.getElementById('row-{seq}').click()")).await;
            window.wait_for("[data-testid=fields]").await;
        }

        let look = run(&window, LOOK).await;
        let is_light = look["brightness"].as_f64().unwrap() > 0.5;
        assert_eq!((is_light, look["language"].as_str()), (theme == "light", Some(language)), "{look}");
        let is_chinese =
            look["words"].as_str().unwrap().chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        assert_eq!(is_chinese, language == "zh-CN", "{look}");
        let png = keep(&window, name).await;
        if name == "light" && std::env::var_os("BELLWIRE_PICTURES").is_some() {
            let png_path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/pictures/window.png");
            fs::create_dir_all(png_path.parent().unwrap()).unwrap();
            fs::write(png_path, png).unwrap();
        }
        window.close().await;
    }
}

/// Writes a picture of the page to target/pictures and returns it.
async fn keep(window: &Window, name: &str) -> Vec<u8> {
    let png = window.client.screenshot().await.unwrap();
    // PNG, third edition, 11.2.2: width and height.
    assert_eq!(png[16..24], [1200_u32.to_be_bytes(), 760_u32.to_be_bytes()].concat());
    fs::write(pictures_dir().join(format!("{name}.png")), &png).unwrap();
    png
}

/// The drawn events of the alerts, by number.
const ALERTS: &str = r#"
const kinds = ['outage', 'degraded', 'resolved'];
const rows = [...document.querySelectorAll('.row[data-kind=event]')];
return rows.filter((row) => kinds.includes(row.querySelector('.event-cell').textContent.trim())).map((row) => row.dataset.seq);
"#;

/// How bright the page's ground is, its language, and the words of the sidebar that the program says.
const LOOK: &str = r#"
const shown = (element) => getComputedStyle(element).backgroundColor;
const clear = 'rgba(0, 0, 0, 0)';
const ground = [...document.querySelectorAll('main, .app, body, html')].map(shown).find((color) => color !== clear);
const brightness = ground.match(/[\d.]+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / (3 * 255);
const words = document.querySelector('[data-testid=view-all]').textContent;
return { brightness, language: document.documentElement.lang, words };
"#;
