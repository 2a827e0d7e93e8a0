//! Keychains that are missing, hanging, locked, or restarted.

use bellwire_tests::support::keyring::Keyring;
use bellwire_tests::support::origin::{Asked, Origin, Scene};
use bellwire_tests::support::wait;

use crate::receiver::Place;

/// Returns a configuration with a feed that signs in with the secret `ops`, and one that does not sign in.
fn config(private: &Origin, open: &Origin) -> String {
    let feed =
        |id: &str, origin: &Origin| format!("[[feed]]\nid = \"{id}\"\nurl = \"{}\"\n", origin.url("/"));
    let auth = "auth = { type = \"bearer\", secret = \"ops\" }\n";
    format!("{}{auth}{}", feed("private", private), feed("open", open))
}

async fn origins() -> (Origin, Origin) {
    let stream = || Origin::start(vec![Scene::stream("id: 1\ndata: a\n\n")]);
    (stream().await, stream().await)
}

fn is_signed_in(asked: &Asked) -> bool {
    asked.header("authorization") == Some("Bearer t0ken")
}

/// Sends wake-ups until the feed has sent `count` requests, the last one with its secret.
async fn wake_until_asked(place: &Place, origin: &mut Origin, count: usize) {
    wait::until("the feed to ask", async || {
        place.wake().await;
        (origin.count() >= count).then_some(())
    })
    .await;
    assert!(is_signed_in(origin.asked(count).await.last().unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keychain_that_starts_late_or_again_is_found_without_a_restart() {
    let (mut private, mut open) = origins().await;
    let place = Place::new(&config(&private, &open)).await;
    let mut program = place.run();
    place.wait_for_words("there is no keychain").await;
    open.asked(1).await;
    assert_eq!(private.count(), 0);

    let keyring = Keyring::start(&place.bus, place.dir()).await;
    place.store_secret("ops", "t0ken").await;
    wake_until_asked(&place, &mut private, 1).await;

    // The keychain ends and another one starts. A session with the first is not valid for the second.
    drop(keyring);
    let _keyring = Keyring::start(&place.bus, place.dir()).await;
    private.cut();
    wake_until_asked(&place, &mut private, 2).await;
    program.kill().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keychain_that_hangs_delays_its_own_feed_for_ten_seconds_and_no_other() {
    let (mut private, mut open) = origins().await;
    let place = Place::new(&config(&private, &open)).await;
    let keyring = Keyring::start(&place.bus, place.dir()).await;
    place.store_secret("ops", "t0ken").await;
    keyring.hang();
    let mut program = place.run();
    open.asked(1).await;
    open.send("id: 2\ndata: b\n\n");
    wait::until("the other feed's events", async || (place.stored() == 2).then_some(())).await;
    place.wait_for_words("the keychain did not answer").await;
    assert_eq!(private.count(), 0);
    keyring.resume();
    wake_until_asked(&place, &mut private, 1).await;
    program.kill().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_keychain_is_shown_as_the_reason_and_other_feeds_run() {
    let (private, mut open) = origins().await;
    let place = Place::new(&config(&private, &open)).await;
    let keyring = Keyring::start(&place.bus, place.dir()).await;
    place.store_secret("ops", "t0ken").await;
    keyring.lock().await;
    let mut program = place.run();
    open.asked(1).await;
    place.wait_for_words("the keychain is locked").await;
    assert_eq!(private.count(), 0);
    program.kill().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_secret_is_in_no_output_of_the_command_line() {
    let link = "Link: </s?access_token=canary-1%2F2>; rel=self";
    let stream = Scene::ended_with(&[link], "retry: 10\nid: 1\ndata: a\n\n");
    let mut good = Origin::start(vec![stream]).await;
    let echo = "Location: /there?access_token=canary-1%2F2";
    let refusing = Origin::start(vec![Scene::status(302, &[echo]), Scene::status(401, &[link])]).await;
    let feed = |id: &str, origin: &Origin| {
        let auth = "auth = { type = \"query\", name = \"access_token\", secret = \"ops\" }";
        format!("[[feed]]\nid = \"{id}\"\nurl = \"{}\"\n{auth}\n", origin.url("/s?a=1"))
    };
    let place = Place::new(&format!("{}{}", feed("good", &good), feed("refusing", &refusing))).await;
    let _keyring = Keyring::start(&place.bus, place.dir()).await;
    place.store_secret("ops", "canary-1/2").await;
    for (arguments, expected) in [
        (
            ["watch", "good", "-n", "1", "--lifecycle", "--format", "ndjson"].as_slice(),
            "\"link\":\"(hidden)\"",
        ),
        (["watch", "good", "-n", "1", "--lifecycle", "--format", "text"].as_slice(), "connected to"),
        (["watch", "good", "-n", "1", "--format", "raw"].as_slice(), "data: a"),
        (["watch", "refusing", "--lifecycle"].as_slice(), "the sign-in was not accepted (401)"),
        (["feed", "test", "good"].as_slice(), "connected to an event stream"),
        (["feed", "test", "refusing"].as_slice(), "the sign-in was not accepted (401)"),
        (["feed", "list"].as_slice(), "refusing"),
        (["secret", "list"].as_slice(), "ops\tstored"),
        (["check"].as_slice(), "is valid"),
    ] {
        let printed = place.all_output(arguments).await;
        assert!(printed.contains(expected), "{arguments:?}: {printed}");
        assert!(!printed.contains("canary"), "{arguments:?}: {printed}");
    }
    assert_eq!(good.asked(1).await[0].line, "GET /s?a=1&access_token=canary-1%2F2 HTTP/1.1");
}

#[tokio::test(flavor = "multi_thread")]
async fn feed_add_without_its_secret_in_the_keychain_adds_nothing_until_it_is_stored() {
    let stream = Origin::start(vec![Scene::ended("data: ping\n\n")]).await;
    let place = Place::new("version = 1\n").await;
    let _keyring = Keyring::start(&place.bus, place.dir()).await;
    let url = stream.url("/api/stream");
    let add = ["feed", "add", url.as_str(), "--bearer", "ops"];
    let printed = place.all_output(&add).await;
    assert!(printed.contains("the keychain has no secret named ops"), "{printed}");
    assert!(printed.contains("The feed was not added") && !place.config().contains("feed"), "{printed}");
    let again = format!(
        "  bellwire secret set ops\n  bellwire --home {} feed add {url} --bearer ops\n",
        place.home_dir().display()
    );
    assert!(printed.ends_with(&again), "{printed}");
    assert_eq!(stream.count(), 0);
    let unchecked = place.all_output(&[add.as_slice(), &["--id", "unchecked", "--no-check"]].concat()).await;
    assert!(
        unchecked.contains("the keychain has no secret named ops; store it with `bellwire secret set ops`"),
        "{unchecked}"
    );

    place.store_secret("ops", "t0ken").await;
    let printed = place.all_output(&add).await;
    assert!(printed.contains("message: 1 event") || printed.contains("1 event in "), "{printed}");
    assert!(place.config().contains("id = \"home-assistant\""), "{printed}");
    assert_eq!(stream.count(), 1);
    let unchecked = place.all_output(&[add.as_slice(), &["--no-check"]].concat()).await;
    assert!(!unchecked.contains("no secret"), "{unchecked}");
}
