//! How the window shows what is known about resuming, complete answers, refusals, and what an event with a list brought.

use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::wait;

use crate::log_view::{self, wait_for_rows};
use crate::pictures::keep;
use crate::stage::Stage;

/// Each connection counts its events from 1, and nothing is replayed.
fn counting() -> Vec<Scene> {
    let full = |n: usize| format!("id: {n}\nevent: alert\ndata: {{\"disk\": \"full\"}}\n\n");
    let first: String = (1..=3).map(full).collect();
    let second: String = (1..=2).map(full).collect();
    vec![Scene::ended(&format!("retry: 300\n\n{first}")), Scene::stream(&second)]
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_and_banners_say_how_each_feed_resumes_and_why_one_does_not_go_on() {
    for (name, theme, language, cannot, complete, item) in [
        (
            "light",
            "light",
            "en",
            "Cannot resume Earlier events may be missing.",
            "Complete:",
            "2 of 3 in one event",
        ),
        (
            "dark",
            "dark",
            "en",
            "Cannot resume Earlier events may be missing.",
            "Complete:",
            "2 of 3 in one event",
        ),
        ("chinese", "light", "zh-CN", "无法续传此前的事件可能缺失。", "已完成：", "同一事件 3 项中的第 2 项"),
    ] {
        let nest = Origin::start(counting()).await;
        let list = "retry: 300\n\nid: 7\ndata: [{\"n\":1},{\"n\":2},{\"n\":3}]\n\n";
        let list =
            Origin::start(vec![Scene::ended(list), Scene::stream("id: 8\ndata: [{\"n\":4}]\n\n")]).await;
        let answer = Origin::start(vec![Scene::ended("data: token\n\ndata: [DONE]\n\n")]).await;
        let refused = Origin::start(vec![Scene::status(401, &[])]).await;
        let feed = |id: &str, url: &str, keys: &str| {
            format!("[[feed]]\nid = \"{id}\"\nname = \"{id}\"\nurl = \"{url}\"\n{keys}\n")
        };
        let feeds = [
            feed("nest", &nest.url("/nest"), ""),
            feed("list", &list.url("/list"), "each = \"data\""),
            feed("answer", &answer.url("/answer"), "method = \"POST\""),
            feed("refused", &refused.url("/refused"), ""),
        ];
        let app = format!("[app]\ntheme = \"{theme}\"\nlanguage = \"{language}\"\n");
        let stage = Stage::new(&format!("{app}{}", feeds.concat())).await;
        let window = stage.open().await;
        wait_for_rows(&window, "the word for a feed that cannot resume", |rows| {
            rows.iter().any(|row| row.kind == "open" && row.message.contains(cannot))
        })
        .await;
        keep(&window, &format!("resuming-all-{name}")).await;
        window.wait_for("[data-feed=list]").await.click().await.unwrap();
        let rows = wait_for_rows(&window, "the items of the list", |rows| {
            rows.iter().filter(|row| row.kind == "event").count() == 4
        })
        .await;
        let second = rows.iter().filter(|row| row.kind == "event").nth(1).unwrap().seq;
        window.wait_for(&format!("#row-{second}")).await.click().await.unwrap();
        wait::until(item, async || {
            let facts = log_view::run(&window, FACTS).await;
            facts.as_array()?.iter().any(|fact| fact == item).then_some(())
        })
        .await;
        keep(&window, &format!("resuming-list-{name}")).await;
        window.wait_for("[data-feed=answer]").await.click().await.unwrap();
        let closed = wait_for_rows(&window, "the end of the answer", |rows| {
            rows.iter().any(|row| row.kind == "closed" && row.message.contains(complete))
        })
        .await;
        assert!(closed.iter().any(|row| row.kind == "closed"));
        keep(&window, &format!("resuming-answer-{name}")).await;
        window.wait_for("[data-feed=refused]").await.click().await.unwrap();
        window.wait_for("[data-testid=feed-banner]").await;
        keep(&window, &format!("resuming-refused-{name}")).await;
        assert!(log_view::rows(&window).await.iter().any(|row| row.kind == "parked"));
        window.close().await;
    }
}

/// Returns the facts of the inspector.
const FACTS: &str = "return [...document.querySelectorAll('[data-testid=inspector] dd')].map((fact) => fact.textContent.trim())";
