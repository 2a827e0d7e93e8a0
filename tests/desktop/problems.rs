//! Problems are shown in the window.

use bellwire_tests::support::node::NodeServer;
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::wait;
use fantoccini::Locator;

use crate::log_view::{self, wait_for_data};
use crate::stage::{Stage, one_feed};

#[tokio::test(flavor = "multi_thread")]
async fn the_window_shows_a_server_that_never_answers_while_the_others_run() {
    // This server never answers an unknown path.
    let silent = NodeServer::start("clock-stream.mjs", &[0]);
    let origin = Origin::start(vec![Scene::stream("")]).await;
    let config = format!("[[feed]]\nid = \"mute\"\nname = \"Mute\"\nurl = \"{}\"\n", silent.url("/nowhere"));
    let stage = Stage::new(&(config + &one_feed(&origin.url("/")))).await;
    let window = stage.open().await;
    window.wait_for("[data-feed=ops][data-state=live]").await;
    window.wait_for_text("[data-feed=mute]", "No answer").await;
    window.wait_for_text("[data-testid=state-line]", "Mute does not answer").await;
    let is_said = |rows: &[log_view::SeenRow]| rows.iter().any(|row| row.kind == "no-answer");
    let rows = log_view::wait_for_rows(&window, "a row with the problem", is_said).await;
    let row = rows.iter().find(|row| row.kind == "no-answer").unwrap();
    assert!(row.message.to_lowercase().contains("answer"), "{row:?}");
    origin.send("event: alert\ndata: undisturbed\n\n");
    wait_for_data(&window, "undisturbed").await;
    stage.daemon.wait_for("the notification", |call| call.body == "undisturbed").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_shows_a_config_error_with_line_and_column_until_it_is_corrected() {
    let origin = Origin::start(vec![Scene::stream("")]).await;
    let stage = Stage::new(&one_feed(&origin.url("/"))).await;
    let window = stage.open().await;
    window.wait_for("[data-feed=ops][data-state=live]").await;

    let broken = one_feed(&origin.url("/")).replace("name = ", "nmae = ");
    stage.write_config(&broken);
    let text = window.wait_for_text("[data-testid=problem][data-problem=config]", "nmae").await;
    assert!(text.contains("config.toml: line 3, column 1"), "{text}");
    // The last valid configuration stays in force.
    origin.send("data: undisturbed\n\n");
    wait_for_data(&window, "undisturbed").await;
    assert_eq!(origin.count(), 1);

    stage.write_config(&broken.replace("nmae", "name").replace("Ops", "Operations"));
    window.wait_for_text("[data-feed=ops]", "Operations").await;
    wait::until("the banner to go", async || {
        window.client.find(Locator::Css("[data-testid=problem]")).await.is_err().then_some(())
    })
    .await;
    window.close().await;
}
