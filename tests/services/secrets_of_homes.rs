//! A real keychain that several homes share: each has secrets of its own.

use std::path::Path;

use bellwire_tests::support::keyring::Keyring;
use bellwire_tests::support::origin::{Origin, Scene};

use crate::receiver::Place;

fn config(url: &str) -> String {
    format!("[[feed]]\nid = \"ops\"\nurl = \"{url}\"\nauth = {{ type = \"bearer\", secret = \"ops\" }}\n")
}

/// Stores an item as programs did before homes had ids.
fn store_older(place: &Place, name: &str, text: &str) {
    use std::io::Write;
    let mut store = std::process::Command::new("secret-tool");
    store.args(["store", "--label=older", "service", "bellwire", "username", name]);
    store.env("DBUS_SESSION_BUS_ADDRESS", place.bus.address()).stdin(std::process::Stdio::piped());
    let mut store = store.spawn().unwrap();
    store.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    assert!(store.wait().unwrap().success());
}

/// Returns the older item of this name.
fn older(place: &Place, name: &str) -> String {
    let mut lookup = std::process::Command::new("secret-tool");
    lookup.args(["lookup", "service", "bellwire", "username", name]);
    let output = lookup.env("DBUS_SESSION_BUS_ADDRESS", place.bus.address()).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// Returns what `secret list` prints of this home.
async fn listed(place: &Place, home: &Path) -> String {
    place.run_in(home, &["secret", "list"], "").await.1
}

#[tokio::test(flavor = "multi_thread")]
async fn homes_with_one_name_have_a_secret_each() {
    let mut origin = Origin::start(vec![Scene::ended("data: a\n\n")]).await;
    let text = config(&origin.url("/"));
    let place = Place::new(&text).await;
    let _keyring = Keyring::start(&place.bus, place.dir()).await;
    let (first, second) = (place.home_dir(), place.another_home("second", &text));
    for (home, token) in [(&first, "one"), (&second, "two")] {
        assert_eq!(place.run_in(home, &["secret", "set", "ops"], token).await.0, Some(0));
    }
    for (n, (home, token)) in [(&first, "Bearer one"), (&second, "Bearer two")].into_iter().enumerate() {
        let (code, printed) = place.run_in(home, &["watch", "ops", "-n", "1"], "").await;
        assert_eq!(code, Some(0), "{printed}");
        assert_eq!(origin.asked(n + 1).await[n].header("authorization"), Some(token));
    }
    assert_eq!(place.run_in(&first, &["secret", "remove", "ops"], "").await.0, Some(0));
    assert_eq!(listed(&place, &first).await, "ops\tmissing\n");
    assert_eq!(listed(&place, &second).await, "ops\tstored\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_home_takes_the_secrets_that_it_had_before_homes_had_ids_and_leaves_them_to_others() {
    let mut origin = Origin::start(vec![Scene::ended("data: a\n\n")]).await;
    let text = config(&origin.url("/"));
    let place = Place::new(&text).await;
    let keyring = Keyring::start(&place.bus, place.dir()).await;
    store_older(&place, "ops", "t0ken");
    store_older(&place, "other", "not of this home");
    let (first, second) = (place.home_dir(), place.another_home("second", &text));
    let empty = place.another_home("empty", "version = 1\n");

    // A home that cannot copy them has no id, and takes them later.
    keyring.lock().await;
    let (_, printed) = place.run_in(&first, &["secret", "list"], "").await;
    assert!(printed.contains("the keychain is locked"), "{printed}");
    assert!(!first.join("home-id").exists());
    drop(keyring);
    let _keyring = Keyring::start(&place.bus, place.dir()).await;

    for home in [&first, &second] {
        let (code, printed) = place.run_in(home, &["watch", "ops", "-n", "1"], "").await;
        assert_eq!(code, Some(0), "{printed}");
    }
    assert!(origin.asked(2).await.iter().all(|asked| asked.header("authorization") == Some("Bearer t0ken")));
    assert_eq!(older(&place, "ops"), "t0ken");
    // From now on each has its own, and one that was removed does not come back.
    assert_eq!(place.run_in(&first, &["secret", "remove", "ops"], "").await.0, Some(0));
    assert_eq!(listed(&place, &first).await, "ops\tmissing\n");
    assert_eq!(place.run_in(&second, &["secret", "set", "ops"], "new").await.0, Some(0));
    assert_eq!(
        (older(&place, "ops").as_str(), older(&place, "other").as_str()),
        ("t0ken", "not of this home")
    );
    // A home that did not name it gets nothing of it, although it is named there later.
    assert_eq!(place.run_in(&empty, &["secret", "set", "own"], "x").await.0, Some(0));
    std::fs::write(empty.join("config.toml"), &text).unwrap();
    assert_eq!(listed(&place, &empty).await, "ops\tmissing\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_is_empty_has_a_second_line_or_controls_is_not_stored() {
    let place = Place::new(&config("http://127.0.0.1:1/")).await;
    let _keyring = Keyring::start(&place.bus, place.dir()).await;
    let home = place.home_dir();
    for (input, why) in [
        ("", "is empty"),
        ("\n", "is empty"),
        ("canary\nsecond", "more than one line"),
        ("canary\r\n\n", "more than one line"),
        ("can\tary", "control character"),
        ("can\u{1b}[2Jary", "control character"),
    ] {
        let (code, printed) = place.run_in(&home, &["secret", "set", "ops"], input).await;
        assert!(code == Some(2) && printed.contains(why), "{input:?}: {printed}");
        assert!(!printed.contains("ary"), "{printed}");
    }
    for name in ["", "a\nb"] {
        let (code, printed) = place.run_in(&home, &["secret", "set", name], "t0ken").await;
        assert!(code == Some(2) && printed.lines().count() == 1, "{name:?}: {printed}");
    }
    let large = "x".repeat(64 * 1024 + 1);
    let (code, printed) = place.run_in(&home, &["secret", "set", "ops"], &large).await;
    assert!(code == Some(2) && printed.contains("64 KiB") && !printed.contains("xx"), "{printed}");
    assert_eq!(listed(&place, &home).await, "ops\tmissing\n");
    for input in ["t0ken", "t0ken\n", "t0ken\r\n"] {
        assert_eq!(place.run_in(&home, &["secret", "set", "ops"], input).await.0, Some(0), "{input:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn removing_a_secret_that_there_is_not_says_so_and_fails() {
    let place = Place::new("version = 1\n").await;
    let _keyring = Keyring::start(&place.bus, place.dir()).await;
    let home = place.home_dir();
    let (code, printed) = place.run_in(&home, &["secret", "remove", "ops"], "").await;
    assert_eq!(code, Some(1));
    assert!(printed.contains("no secret named ops") && printed.contains("nothing was removed"), "{printed}");
    let token = "ghp_0123456789abcdefghijABCDEFGHIJ0123";
    let (code, printed) = place.run_in(&home, &["secret", "remove", token], "").await;
    assert!(code == Some(1) && !printed.contains(token), "{printed}");
    place.store_secret("ops", "t0ken").await;
    let (code, printed) = place.run_in(&home, &["secret", "remove", "ops"], "").await;
    assert_eq!((code, printed.as_str()), (Some(0), "removed ops from the keychain\n"));
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_writes_no_core_file() {
    let place = Place::new("version = 1\n").await;
    let mut program = place.run();
    place.wait_for_words("receiving").await;
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", program.id().unwrap())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    let values: Vec<&str> = core.split_whitespace().skip(4).take(2).collect();
    assert_eq!(values, ["0", "0"], "{core}");
    program.kill().await.unwrap();
}
