//! A feed added in the window, with the choices of its check.

use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::ticker::Ticker;
use bellwire_tests::support::wait;
use bellwire_tests::support::webdriver::Window;
use fantoccini::Locator;

use crate::log_view::{run, wait_for_data};
use crate::pictures::keep;
use crate::stage::Stage;

async fn check(window: &Window, url: &str) {
    window.wait_for("[data-testid=add-feed]").await.click().await.unwrap();
    window.wait_for("[data-testid=feed-url]").await.send_keys(url).await.unwrap();
    window.wait_for("[data-testid=check]").await.click().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_of_five_quotes_a_second_added_in_the_window_does_not_notify_about_them() {
    let ticker = Ticker::start().await;
    let stage = Stage::new("[app]\nlanguage = \"en\"\n").await;
    let window = stage.open().await;
    check(&window, &ticker.url()).await;
    // The choice is there while the check still listens, and adding does not wait for its end.
    wait::until("the rate of the quotes", async || {
        let advice = run(&window, ADVICE).await;
        advice.as_str().filter(|text| text.ends_with("a minute: log only.")).map(|_| ())
    })
    .await;
    window.wait_for("[data-testid=listening]").await;
    window.wait_for("[data-testid=dialog-add]").await.click().await.unwrap();

    let row = wait_for_data(&window, "quote 10").await;
    assert!(row.decision.is_empty(), "{row:?}");
    let outage = stage.daemon.wait_for("the outage", |call| call.summary.ends_with("outage")).await;
    assert_eq!(outage.body, "outage 25");
    let summaries: Vec<String> = stage.daemon.calls().into_iter().map(|call| call.summary).collect();
    assert_eq!(summaries, [outage.summary]);
    let config = std::fs::read_to_string(stage.home_dir().join("config.toml")).unwrap();
    assert!(
        config.contains("[[feed.rule]]\nname = \"log only\"\nevent = \"quote\"\nnotify = false\n"),
        "{config}"
    );
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_choices_of_a_check_are_in_the_window_and_what_is_ticked_notifies() {
    let body = "event: stream-open\ndata: {}\n\n\
                event: quote\nid: 1\ndata: first\n\n\
                event: outage\nid: 2\ndata: down\n\n\
                event: quote\nid: 3\ndata: second\n\n\
                id: 4\ndata: unnamed one\n\n\
                id: 5\ndata: unnamed two\n\n";
    for (name, theme, language) in
        [("light", "light", "en"), ("dark", "dark", "en"), ("chinese", "light", "zh-CN")]
    {
        let origin = Origin::start(vec![Scene::ended(body), Scene::stream(body)]).await;
        let stage = Stage::new(&format!("[app]\ntheme = \"{theme}\"\nlanguage = \"{language}\"\n")).await;
        let window = stage.open().await;
        check(&window, &origin.url("/")).await;
        window.wait_for("[data-event-type=message]").await;
        assert_eq!(run(&window, TICKED).await, serde_json::json!(["quote", "outage"]));
        assert_eq!(run(&window, CUT_OFF).await, serde_json::json!([]), "the dialog fits into the window");
        keep(&window, &format!("add-{name}")).await;

        // The space bar takes the quotes' tick away, and ticks the unnamed messages.
        let box_of_quotes = window.wait_for("[data-event-type=quote] input").await;
        box_of_quotes.send_keys(" ").await.unwrap();
        let box_of_messages = window.wait_for("[data-event-type=message] input").await;
        box_of_messages.send_keys(" ").await.unwrap();
        assert_eq!(run(&window, TICKED).await, serde_json::json!(["outage", "message"]));
        window.client.find(Locator::Css("[data-testid=dialog-add]")).await.unwrap().click().await.unwrap();
        wait_for_data(&window, "unnamed two").await;
        stage.daemon.wait_for("the last notification", |call| call.body == "unnamed two").await;
        let bodies: Vec<String> = stage.daemon.calls().into_iter().map(|call| call.body).collect();
        assert_eq!(bodies, ["down", "unnamed one", "unnamed two"]);
        window.close().await;
    }
}

/// Returns what is proposed for the first event type.
const ADVICE: &str = "return document.querySelector('[data-testid=advice]')?.textContent";

/// Returns the event types that are ticked.
const TICKED: &str = "
return [...document.querySelectorAll('[data-event-type]')]
  .filter((label) => label.querySelector('input').checked)
  .map((label) => label.dataset.eventType);
";

/// Returns the choices and buttons of the dialog that are not in view.
const CUT_OFF: &str = "
return [...document.querySelectorAll('[data-event-type], [data-testid=ids], [data-testid=dialog-add]')]
  .filter((part) => {
    const { left, right, top, bottom } = part.getBoundingClientRect();
    const found = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return !part.contains(found);
  })
  .map((part) => part.textContent);
";

/// A known service is recognised by its address, asks what it needs, and notifies in its own words at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_known_service_added_in_the_window_is_right_at_once() {
    let event = "id: urn:uuid:1\ndata: {\"@id\": \"https://example.com/orders/7\", \"@type\": \"Order\", \"status\": \"paid\"}\n\n";
    for (name, theme, language) in
        [("light", "light", "en"), ("dark", "dark", "en"), ("chinese", "light", "zh-CN")]
    {
        let mut hub = Origin::start(vec![Scene::stream(""), Scene::stream(event)]).await;
        let stage = Stage::new(&format!("[app]\ntheme = \"{theme}\"\nlanguage = \"{language}\"\n")).await;
        let window = stage.open().await;
        window.wait_for("[data-testid=add-feed]").await.click().await.unwrap();
        let url = hub.url("/.well-known/mercure");
        window.wait_for("[data-testid=feed-url]").await.send_keys(&url).await.unwrap();
        window.wait_for_text("[data-testid=service-note]", "Mercure").await;
        window.wait_for("[data-testid=answer-topics]").await.send_keys("orders").await.unwrap();
        window.wait_for("[data-testid=check]").await.click().await.unwrap();
        window.wait_for("[data-testid=check-steps]").await;
        keep(&window, &format!("service-{name}")).await;
        window.wait_for("[data-testid=dialog-add]").await.click().await.unwrap();

        let outage = stage.daemon.wait_for("the order", |call| call.summary == "Order").await;
        assert_eq!(outage.body, "paid");
        let asked = hub.asked(2).await.remove(1).line;
        assert_eq!(asked, "GET /.well-known/mercure?match=orders&topic=orders HTTP/1.1");
        let config = std::fs::read_to_string(stage.home_dir().join("config.toml")).unwrap();
        assert!(
            config.contains("title = \"{{ data.title or data.name or data['@type'] or name }}\""),
            "{config}"
        );
        window.close().await;
    }
}
