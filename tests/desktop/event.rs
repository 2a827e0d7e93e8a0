//! An event from a real server becomes a notification and a row.

use bellwire_tests::support::node::NodeServer;
use bellwire_tests::support::origin::{Origin, Scene};

use crate::log_view::{self, wait_for_data};
use crate::stage::{Stage, one_feed};

#[tokio::test(flavor = "multi_thread")]
async fn a_named_event_of_a_tutorials_server_is_one_notification_and_a_row() {
    let server = NodeServer::start("time-message.mjs", &[0]);
    let stage =
        Stage::new(&format!("[[feed]]\nid = \"time\"\nname = \"Time\"\nurl = \"{}\"\n", server.url("/sse")))
            .await;
    let window = stage.open().await;
    let call = stage.daemon.wait_for("the notification", |_| true).await;
    assert_eq!((call.app.as_str(), call.summary.as_str()), ("Bellwire", "Time · timeMessage"));
    assert_eq!((call.actions[0].as_str(), call.actions.len()), ("default", 2));
    assert_eq!((call.replaces_id, u8::try_from(&call.hints["urgency"]).unwrap()), (0, 1));
    // The data is the time, in ISO 8601 format.
    assert!(call.body.ends_with('Z') && call.body.contains('T'), "{}", call.body);

    let row = wait_for_data(&window, &call.body).await;
    assert_eq!((row.event.as_str(), row.id.as_str()), ("timeMessage", ""));
    assert_eq!(row.decision, ["bell"]);
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unnamed_event_is_a_row_only() {
    let origin =
        Origin::start(vec![Scene::stream("id: 1\ndata: quiet\n\nevent: alert\nid: 2\ndata: loud\n\n")]).await;
    let stage = Stage::new(&one_feed(&origin.url("/"))).await;
    let window = stage.open().await;
    let quiet = wait_for_data(&window, "quiet").await;
    assert_eq!((quiet.event.as_str(), quiet.id.as_str()), ("message", "1"));
    assert!(quiet.decision.is_empty());
    wait_for_data(&window, "loud").await;
    // Notifications come in the order of events: once the later one was shown, the earlier one will not be.
    stage.daemon.wait_for("the notification", |call| call.body == "loud").await;
    origin.send("data: quiet again\n\nevent: alert\ndata: loud again\n\n");
    stage.daemon.wait_for("the second notification", |call| call.body == "loud again").await;
    let titles: Vec<_> = stage.daemon.calls().into_iter().map(|call| call.summary).collect();
    assert_eq!(titles, ["Ops · alert", "Ops · alert"]);
    wait_for_data(&window, "loud again").await;
    let decisions: Vec<_> = log_view::events(&window).await.into_iter().map(|row| row.decision).collect();
    assert_eq!(decisions, [vec![], vec!["bell"], vec![], vec!["bell"]]);
    window.close().await;
}
