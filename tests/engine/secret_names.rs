//! Under which names the secrets of new feeds are stored: never under one that something else has.

use bellwire_engine::event::FeedId;
use bellwire_engine::ports::Secrets;
use bellwire_engine::secrets::{Secret, SecretError};
use bellwire_engine::{EngineHandle, FeedWish, NewSecret};
use bellwire_tests::support::world::{World, status};

/// Nothing answers here.
const URL: &str = "http://127.0.0.1:1/";

fn feed(id: &str, auth: &str) -> String {
    format!("[[feed]]\nid = \"{id}\"\nurl = \"{URL}\"\nenabled = false\n{auth}\n")
}

fn bearer(secret: &str) -> String {
    format!("auth = {{ type = \"bearer\", secret = \"{secret}\" }}")
}

fn wish(name: &str, token: &str) -> FeedWish {
    let secret = Some(NewSecret::Bearer(Secret::new(token)));
    FeedWish { url: URL.into(), name: Some(name.into()), secret, ..FeedWish::default() }
}

async fn stored(world: &World, name: &str) -> Option<String> {
    match world.keychain.get(name).await {
        Ok(secret) => Some(secret.expose().to_owned()),
        Err(SecretError::Missing(_)) => None,
        Err(error) => panic!("{error}"),
    }
}

/// Returns the names of the secrets of all feeds, in the order of the file.
async fn names(engine: &EngineHandle, feeds: usize) -> Vec<String> {
    let status = status(engine, |status| status.feeds.len() == feeds).await;
    status.feeds.iter().flat_map(|feed| &feed.auth).map(|auth| auth.secret_name().to_owned()).collect()
}

#[tokio::test]
async fn a_new_secret_takes_no_name_of_another_feed_of_its_secret_or_in_the_keychain() {
    // The name of the new feed is that of another feed's secret, and the next name lies in the keychain.
    let config = feed("front", &bearer("door")) + &feed("door-3", "");
    let world = World::with_secrets(&config, &[("door", "old"), ("door-2", "by hand")]).await;
    let engine = world.start().await;
    let id = engine.add_feed(wish("Door", "new")).await.unwrap();
    assert_eq!(id.as_str(), "door");
    assert_eq!(names(&engine, 3).await, ["door", "door-4"]);
    for (name, text) in [("door", "old"), ("door-2", "by hand"), ("door-4", "new")] {
        assert_eq!(stored(&world, name).await.as_deref(), Some(text), "{name}");
    }
    engine.shutdown().await;
}

#[tokio::test]
async fn a_sign_in_of_a_feed_without_one_takes_no_name_of_another_feeds_secret() {
    let config = feed("front", &bearer("door")) + &feed("door", "");
    let world = World::with_secrets(&config, &[("door", "old")]).await;
    let engine = world.start().await;
    let door = FeedId::parse("door").unwrap();
    engine.sign_in(&door, NewSecret::Bearer(Secret::new("new"))).await.unwrap();
    status(&engine, |status| status.feeds.iter().all(|feed| !feed.auth.is_empty())).await;
    assert_eq!(names(&engine, 2).await, ["door", "door-2"]);
    assert_eq!(stored(&world, "door").await.as_deref(), Some("old"));
    assert_eq!(stored(&world, "door-2").await.as_deref(), Some("new"));
    engine.shutdown().await;
}

#[tokio::test]
async fn a_shared_secret_is_renewed_for_all_and_replaced_by_another_form_for_one() {
    let config = feed("a", &bearer("home")) + &feed("b", &bearer("home"));
    let world = World::with_secrets(&config, &[("home", "old")]).await;
    let engine = world.start().await;
    let a = FeedId::parse("a").unwrap();
    engine.sign_in(&a, NewSecret::Bearer(Secret::new("renewed"))).await.unwrap();
    assert_eq!(names(&engine, 2).await, ["home", "home"]);
    assert_eq!(stored(&world, "home").await.as_deref(), Some("renewed"));
    let password = NewSecret::Basic { user: "ann".into(), password: Secret::new("password") };
    engine.sign_in(&a, password).await.unwrap();
    status(&engine, |status| status.feeds[0].auth != status.feeds[1].auth).await;
    assert_eq!(names(&engine, 2).await, ["a", "home"]);
    assert_eq!(stored(&world, "home").await.as_deref(), Some("renewed"));
    engine.shutdown().await;
}

#[tokio::test]
async fn adds_at_the_same_time_each_get_their_own_id_and_secret() {
    let world = World::new("");
    let engine = world.start().await;
    let adds = (0..8).map(|n| {
        let engine = engine.clone();
        tokio::spawn(async move { engine.add_feed(wish("Door", &format!("token {n}"))).await })
    });
    let adds: Vec<_> = adds.collect();
    let mut ids = Vec::new();
    for (n, add) in adds.into_iter().enumerate() {
        let id = add.await.unwrap().unwrap();
        assert_eq!(stored(&world, id.as_str()).await, Some(format!("token {n}")), "{id}");
        ids.push(id);
    }
    ids.sort_by_key(|id| id.to_string());
    ids.dedup();
    assert_eq!(ids.len(), 8, "{ids:?}");
    engine.shutdown().await;
}

#[tokio::test]
async fn a_change_that_fails_leaves_the_keychain_as_it_was() {
    // Feeds in brackets cannot be edited, which shows only when the file is to be written.
    let inline = format!(
        "feed = [{{ id = \"own\", url = \"{URL}\", enabled = false, auth = {{ type = \"bearer\", secret = \"own\" }} }}]\n"
    );
    let world = World::with_secrets(&inline, &[("own", "old")]).await;
    let engine = world.start().await;
    let own = FeedId::parse("own").unwrap();
    assert!(engine.add_feed(wish("Door", "new")).await.is_err());
    assert_eq!(stored(&world, "door").await, None);
    assert!(engine.sign_in(&own, NewSecret::Bearer(Secret::new("new"))).await.is_err());
    assert_eq!(stored(&world, "own").await.as_deref(), Some("old"));
    // All or none: the second of two feeds has an id that is taken, or a secret that no request can carry.
    world.write_config(&feed("own", &bearer("own")));
    status(&engine, |status| status.problem.is_none()).await;
    let taken = FeedWish { id: Some(own.clone()), ..wish("Own", "new") };
    assert!(engine.add_feeds(vec![wish("Door", "new"), taken]).await.is_err());
    assert!(engine.add_feeds(vec![wish("Door", "new"), wish("Gate", "two\nlines")]).await.is_err());
    for name in ["door", "gate"] {
        assert_eq!(stored(&world, name).await, None, "{name}");
    }
    assert_eq!(stored(&world, "own").await.as_deref(), Some("old"));
    assert_eq!(world.config(), feed("own", &bearer("own")));
    engine.shutdown().await;
}
