//! The inspector: an event's received lines, and its times.

use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::wait;
use bellwire_tests::support::webdriver::Window;
use serde_json::json;

use crate::log_view::{run, wait_for_data};
use crate::pictures::keep;
use crate::stage::{Stage, one_feed};

#[tokio::test(flavor = "multi_thread")]
async fn the_lines_of_an_event_are_shown_as_the_server_sent_them() {
    let markup = "<img src=x onerror=window.ran=1>";
    let mut scene = Scene::stream("");
    scene.answer.extend_from_slice(b"id: 7\r\n: half a sign \xE2\x82, then\rretry:5000\n");
    scene.answer.extend_from_slice(format!("data:  {markup}\u{202e}\t支付\n").as_bytes());
    scene.answer.extend_from_slice(b"data: bad \xFF\xFE\nodd\r\n\r\n");
    let origin = Origin::start(vec![scene]).await;
    let stage = Stage::new(&one_feed(&origin.url("/"))).await;
    let window = stage.open().await;
    wait_for_data(&window, &format!("{markup}U+202E⇥支付↵bad \u{fffd}\u{fffd}")).await;
    open_tab(&window, "raw").await;
    window.wait_for("[data-testid=raw-lines]").await;
    assert_eq!(
        run(&window, LINES).await,
        json!([
            ["id: 7", "CRLF"],
            [": half a sign [E2 82], then", "CR"],
            ["retry:5000", "LF"],
            [format!("data:  {markup}U+202E⇥支付"), "LF"],
            ["data: bad [FF][FE]", "LF"],
            ["odd", "CRLF"],
        ])
    );
    assert_eq!(
        run(&window, "return [typeof window.ran, document.images.length]").await,
        json!(["undefined", 0])
    );
    keep(&window, "raw-odd").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_times_of_an_event_end_with_its_notification_if_it_had_one() {
    let origin = Origin::start(vec![Scene::stream("event: alert\ndata: loud\n\n")]).await;
    let stage = Stage::new(&one_feed(&origin.url("/"))).await;
    let window = stage.open().await;
    wait_for_data(&window, "loud").await;
    stage.daemon.wait_for("the notification", |_| true).await;
    open_tab(&window, "timing").await;
    window.wait_for("[data-testid=timing-notified]").await;
    assert_eq!(run(&window, STEPS).await, json!(["Arrived", "Stored", "Notified"]));
    assert_eq!(run(&window, FACTS).await, json!(["Arrived", "Stored", "Notified", "Open for", "Protocol"]));

    origin.send("data: quiet\n\n");
    let quiet = wait_for_data(&window, "quiet").await;
    window.wait_for(&format!("#row-{}", quiet.seq)).await.click().await.unwrap();
    // The tab stays open when another row is selected.
    wait::until("the times of the second event", async || {
        (run(&window, FACTS).await == json!(["Arrived", "Stored", "Since last", "Open for", "Protocol"]))
            .then_some(())
    })
    .await;
    assert_eq!(run(&window, STEPS).await, json!(["Arrived", "Stored"]));
    // A connection row has no such tab.
    window.wait_for(".row[data-kind=open]").await.click().await.unwrap();
    window.wait_for("[data-testid=lifecycle-facts]").await;
    assert_eq!(run(&window, TABS).await, json!(["tab-parsed"]));
    window.close().await;
}

/// Selects the first event and a tab.
async fn open_tab(window: &Window, tab: &str) {
    window.wait_for(".row[data-kind=event]").await.click().await.unwrap();
    window.wait_for(&format!("[data-testid=tab-{tab}]")).await.click().await.unwrap();
}

/// Returns the text of each line, with invalid bytes in brackets, and the name of its line end.
const LINES: &str = r#"
return [...document.querySelectorAll('[data-testid=raw-lines] li')].map((line) => {
  const text = line.querySelector('.text').cloneNode(true);
  const end = text.querySelector('.end');
  end?.remove();
  for (const bytes of text.querySelectorAll('.bytes')) bytes.textContent = `[${bytes.textContent}]`;
  return [text.textContent, end?.getAttribute('aria-label') ?? null];
});
"#;

const STEPS: &str = r#"
return [...document.querySelectorAll('[data-testid=timing-chart] dt')].map((name) => name.textContent.trim());
"#;

const FACTS: &str = r#"
return [...document.querySelectorAll('[data-testid=timing-facts] dt')].map((name) => name.textContent.trim());
"#;

const TABS: &str = "return [...document.querySelectorAll('[role=tab]')].map((tab) => tab.id)";
