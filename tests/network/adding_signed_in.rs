//! Feeds that sign in, which the command line adds: by names of secrets, and never by a secret itself.

use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::world::World;

use crate::adding::bellwire;

/// What a person may take for what `--bearer` wants.
const TOKEN: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

#[tokio::test]
async fn feed_add_refuses_a_secret_in_place_of_its_name_and_does_not_repeat_it() {
    let origin = Origin::start(vec![Scene::stream("")]).await;
    let world = World::new("version = 1\n");
    let url = origin.url("/s");
    let ways: [(&[&str], &str); 7] = [
        (&["--bearer", TOKEN], "--bearer ops"),
        (&["--basic", "ann", TOKEN], "--basic USER ops"),
        (&["--auth-header", "X-Key", TOKEN], "--auth-header X-Key ops"),
        (&["--auth-query", "key", TOKEN], "--auth-query key ops"),
        (&["--auth-cookie", "session", TOKEN], "--auth-cookie session ops"),
        (&["--auth-header", "Authorization: Bearer t0ken", "ops"], "--auth-header HEADER NAME"),
        (&["--auth-header", TOKEN, "X-Key"], "--auth-header HEADER NAME"),
    ];
    for (arguments, right) in ways {
        for check in [&[][..], &["--no-check"], &["--log-only"]] {
            let arguments = [&["feed", "add", &url, "--id", "ops"], arguments, check].concat();
            let (code, id, messages) = bellwire(&world, &arguments).await;
            assert_eq!((code, id.as_str()), (Some(2), ""), "{messages}");
            assert!(messages.contains(right) && messages.contains("Nothing was added"), "{messages}");
            assert!(!messages.contains(TOKEN) && !messages.contains("t0ken"), "{messages}");
        }
    }
    let (_, _, messages) = bellwire(&world, &["feed", "add", &url, "--id", "ops", "--bearer", TOKEN]).await;
    let store = "  bellwire secret set ops\n";
    let add = format!("  bellwire --home {} feed add {url} --id ops --bearer ops\n", world.dir().display());
    assert!(messages.ends_with(&format!("{store}{add}")), "{messages}");
    let (code, _, messages) = bellwire(&world, &["secret", "set", TOKEN]).await;
    assert!(
        code == Some(2) && messages.contains("nothing was stored") && !messages.contains(TOKEN),
        "{messages}"
    );
    assert_eq!((world.config().as_str(), origin.count()), ("version = 1\n", 0));
}

#[tokio::test]
async fn feed_add_takes_any_name_that_the_configuration_has() {
    let name = "0123456789abcdef0123456789abcdef";
    let feed = format!(
        "[[feed]]\nid = \"a\"\nurl = \"http://127.0.0.1:1/\"\nauth = {{ type = \"bearer\", secret = \"{name}\" }}\n"
    );
    let world = World::new(&feed);
    let (code, _, messages) = bellwire(
        &world,
        &["feed", "add", "http://127.0.0.1:1/b", "--id", "b", "--no-check", "--bearer", name],
    )
    .await;
    assert_eq!(code, Some(0), "{messages}");
}

#[tokio::test]
async fn feed_add_of_a_service_that_needs_a_sign_in_adds_nothing_without_one() {
    let origin = Origin::start(vec![Scene::status(401, &[])]).await;
    let cases: [(&str, &[&str], &str); 4] = [
        ("/api/stream", &[], "--bearer home-assistant"),
        ("/eventstream/clip/v2", &[], "--auth-header hue-application-key philips-hue"),
        ("/", &["--preset", "gitea"], "--auth-cookie i_like_gitea gitea-or-forgejo"),
        ("/v2/events/trades", &["--preset", "alpaca"], "--basic USER alpaca-broker-api"),
    ];
    for (path, arguments, right) in cases {
        for check in [&[][..], &["--no-check"], &["--log-only"]] {
            let world = World::new("version = 1\n");
            let url = origin.url(path);
            let arguments = [&["feed", "add", &url], arguments, check].concat();
            let (code, id, messages) = bellwire(&world, &arguments).await;
            assert_eq!(
                (code, id.as_str(), world.config().as_str()),
                (Some(2), "", "version = 1\n"),
                "{messages}"
            );
            let expected = [&[right], check].concat();
            assert!(expected.iter().all(|part| messages.contains(part)), "{messages}");
        }
    }
    let (code, _, messages) =
        bellwire(&World::new(""), &["feed", "add", &origin.url("/api/stream"), "--name", "My home"]).await;
    assert!(code == Some(2) && messages.contains("  bellwire secret set my-home\n"), "{messages}");
    assert!(messages.contains("--name 'My home' --bearer my-home\n"), "{messages}");
    assert_eq!(origin.count(), 0, "nothing was asked");
}

#[tokio::test]
async fn feed_add_refuses_a_sign_in_that_the_service_does_not_take() {
    let origin = Origin::start(vec![Scene::stream("")]).await;
    let cases: [(&str, &[&str], &str); 4] = [
        (
            "/api/stream",
            &["--basic", "ann", "home"],
            "Home Assistant does not sign in with --basic USER NAME. It takes: Long-lived",
        ),
        (
            "/eventstream/clip/v2",
            &["--auth-header", "x-api-key", "hue"],
            "Philips Hue does not sign in with --auth-header x-api-key NAME",
        ),
        (
            "/api/stream",
            &["--auth-cookie", "k3Jx9Qm2Lp7Z", "home"],
            "does not sign in with --auth-cookie COOKIE NAME",
        ),
        (
            "/",
            &["--preset", "plex", "--bearer", "plex"],
            "Plex Media Server does not sign in with --bearer NAME",
        ),
    ];
    for (path, arguments, message) in cases {
        let world = World::new("");
        let url = origin.url(path);
        let (code, _, messages) = bellwire(&world, &[&["feed", "add", &url], arguments].concat()).await;
        assert!(code == Some(2) && messages.contains(message), "{messages}");
        assert_eq!(world.config(), "");
    }
    let wikimedia = ["feed", "add", "https://stream.wikimedia.org/v2/stream/recentchange", "--bearer", "a"];
    let (code, _, messages) = bellwire(&World::new(""), &wikimedia).await;
    assert!(code == Some(2) && messages.contains("needs no sign-in; leave out --bearer"), "{messages}");
    assert_eq!(origin.count(), 0);
}

#[tokio::test]
async fn feed_add_takes_a_second_part_and_a_secret_in_the_address() {
    let url = "http://127.0.0.1:1/api/stream";
    let gateway = ["--auth-header", "X-Gateway", "gateway"];
    let arguments = [&["feed", "add", url, "--no-check", "--bearer", "home"], gateway.as_slice()].concat();
    let (code, _, messages) = bellwire(&World::new(""), &arguments).await;
    assert_eq!(code, Some(0), "{messages}");
    let url = "https://api.particle.io/v1/devices/events?access_token=s3cret";
    let (code, _, messages) = bellwire(&World::new(""), &["feed", "add", url, "--no-check"]).await;
    assert_eq!(code, Some(0), "{messages}");
    assert!(!messages.contains("s3cret"), "{messages}");
}

#[tokio::test]
async fn feed_add_without_a_check_says_which_secret_is_not_in_the_keychain() {
    let origin = Origin::start(vec![Scene::stream("")]).await;
    for check in ["--no-check", "--log-only"] {
        let url = origin.url("/s");
        let name = "bellwire-tests-no-such-secret";
        let (code, _, messages) =
            bellwire(&World::new(""), &["feed", "add", &url, check, "--bearer", name]).await;
        assert!(code == Some(0) && messages.contains(name), "{messages}");
    }
    assert_eq!(origin.count(), 0);
}

#[tokio::test]
async fn feed_add_of_a_feed_that_wants_a_sign_in_adds_nothing_and_says_how_to_give_one() {
    let origin = Origin::start(vec![Scene::status(401, &[])]).await;
    let world = World::new("");
    let (code, _, messages) =
        bellwire(&world, &["feed", "add", &origin.url("/s?key=s3cret"), "--id", "ops"]).await;
    assert_eq!((code, world.config().as_str()), (Some(3), ""), "{messages}");
    assert!(messages.contains("not signed in (401)") && messages.contains("was not added"), "{messages}");
    let commands = format!(
        "  bellwire secret set ops\n  bellwire --home {} feed add … --id ops --bearer ops\n",
        world.dir().display()
    );
    assert!(messages.ends_with(&commands) && !messages.contains("s3cret"), "{messages}");
    let url = origin.url("/alerts");
    let (code, _, messages) = bellwire(&world, &["feed", "add", &url, "--preset", "ntfy"]).await;
    assert_eq!(code, Some(3), "{messages}");
    assert!(messages.ends_with("--preset ntfy --bearer ntfy-alerts\n"), "{messages}");
}

#[tokio::test]
async fn the_help_of_feed_add_asks_for_names_of_secrets() {
    let (_, help, _) = bellwire(&World::new(""), &["feed", "add", "--help"]).await;
    for option in [
        "--bearer <NAME>",
        "--basic <USER> <NAME>",
        "--auth-header <HEADER> <NAME>",
        "--auth-query <PARAMETER> <NAME>",
        "--auth-cookie <COOKIE> <NAME>",
    ] {
        assert!(help.contains(option), "{option}: {help}");
    }
    assert!(!help.contains("SECRET"), "{help}");
}

#[cfg(unix)]
#[tokio::test]
async fn check_reports_a_header_that_may_be_a_secret_where_others_may_read_the_file() {
    use std::os::unix::fs::PermissionsExt;

    let feed = |keys: &str| format!("[[feed]]\nid = \"a\"\n{keys}\n");
    let headers = |headers: &str| feed(&format!("url = \"http://a.example/\"\nheaders = {{ {headers} }}"));
    for (config, mode, is_reported) in [
        (headers("Authorization = \"Bearer canary\""), 0o644, true),
        (headers("X-Api-Key = \"canary\""), 0o640, true),
        (headers("X-Own = \"ghp_canary0123456789ABCDEFabcdef01\""), 0o604, true),
        (headers("X-Own = \"Bearer ghp_canary0123456789ABCDEFabcdef01\""), 0o604, true),
        (feed("url = \"http://a.example/?access_token=canary\""), 0o644, true),
        (headers("Authorization = \"Bearer canary\""), 0o600, false),
        (feed("url = \"http://a.example/?access_token=canary\""), 0o600, false),
        (headers("X-Team = \"the team of ops\""), 0o644, false),
    ] {
        let world = World::new(&config);
        let path = world.dir().join("config.toml");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        let (code, _, messages) = bellwire(&world, &["check"]).await;
        assert_eq!(code, Some(0), "{messages}");
        assert_eq!(messages.contains("other users may read"), is_reported, "{config} {mode:o}: {messages}");
        assert!(!messages.contains("canary"), "{messages}");
    }
}
