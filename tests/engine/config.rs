//! `config.toml`: errors with line and column, changes while the engine runs, edits that keep comments and order.

use std::fs;
use std::path::Path;

use bellwire_engine::FeedWish;
use bellwire_engine::config::{ConfigFile, NewFeed, parse};
use bellwire_engine::event::FeedId;
use bellwire_engine::event::ProblemKind;
use bellwire_engine::status::Status;
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::world::{World, data, feed, status};

fn problems(text: &str) -> Vec<String> {
    let error = parse(text).expect_err("a problem");
    error.problems.iter().map(ToString::to_string).collect()
}

#[test]
fn every_problem_has_its_line_and_column() {
    let text = "[[feed]]\nid = \"Ops\"\nurl = \"ftp://a\"\nidle_timeout = \"soon\"\nheaders = { \"Host\" = \"x\" }\n";
    let found = problems(text);
    let starts: Vec<&str> = found.iter().map(|p| p.split(": ").next().unwrap()).collect();
    assert_eq!(starts, ["line 2, column 6", "line 3, column 7", "line 4, column 16", "line 5, column 13"]);
}

#[test]
fn every_example_of_the_guide_and_the_readme_is_a_valid_configuration() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let guide = fs::read_dir(root.join("docs/guide")).unwrap().map(|entry| entry.unwrap().path());
    let mut count = 0;
    for page in guide.chain([root.join("README.md")]) {
        let text = fs::read_to_string(&page).unwrap();
        for example in text.split("```toml\n").skip(1) {
            let (example, _) = example.split_once("```").expect("an example ends");
            parse(example).unwrap_or_else(|error| panic!("{}: {error}\n{example}", page.display()));
            count += 1;
        }
    }
    assert!(count > 5, "{count} examples");
}

#[test]
fn an_unknown_key_names_its_line() {
    let found = problems("[app]\nlanguage = \"en\"\ncolour = \"red\"\n");
    assert!(found[0].starts_with("line 3, column 1: "), "{found:?}");
    assert!(found[0].contains("colour"), "{found:?}");
}

#[test]
fn several_unknown_keys_and_invalid_values_are_all_reported() {
    let text = "[app]\nlanguage = \"fr\"\ncolour = 1\n[[feed]]\nid = \"A\"\nurl = \"http://a\"\nidle_timout = 1\n\
                auth = { type = \"bearer\", secret = \"s\", realm = \"r\" }\n[[feed.rule]]\nwith = 1\n[colours]\n";
    let lines: Vec<usize> = parse(text).unwrap_err().problems.iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [2, 3, 5, 7, 8, 10, 11]);
}

#[test]
fn columns_count_characters_not_bytes() {
    let found = problems("[[feed]]\nid = \"a\"\nname = \"运维\" 1\nurl = \"http://a\"\n");
    assert!(found[0].starts_with("line 3, column 13: "), "{found:?}");
}

#[test]
fn errors_of_resume_method_and_proxy_name_the_expected_values() {
    let feed = "[[feed]]\nid = \"a\"\nurl = \"http://a.example\"\n";
    let found = problems(&format!("{feed}resume = \"often\"\nmethod = \"PUT\"\nproxy = \"x\"\n"));
    assert_eq!(found.len(), 3, "{found:?}");
    let found = problems(&format!("{feed}resume = {{ query = \"since\", cursor = \"data.\" }}\n"));
    assert!(found[0].starts_with("line 4, column 10: cursor: not an expression"), "{found:?}");
}

#[test]
fn reserved_and_invalid_headers_are_rejected() {
    for header in [
        "Host",
        "Accept-Encoding",
        "last-event-id",
        "Cache-Control",
        "X Y",
        "X-Bad\" = \"a\\r\\nEvil: 1\", \"X-Good",
    ] {
        let text = format!(
            "[[feed]]\nid = \"a\"\nurl = \"http://a.example\"\nheaders = {{ \"{header}\" = \"x\" }}\n"
        );
        let found = problems(&text);
        assert!(found.len() == 1 && found[0].starts_with("line 4, column 13: "), "{header}: {found:?}");
    }
}

#[test]
fn ids_are_unique() {
    let feed = "[[feed]]\nid = \"a\"\nurl = \"http://a.example\"\n";
    assert_eq!(
        problems(&feed.repeat(2)),
        ["line 5, column 6: the id a is used twice; give one feed another"]
    );
}

#[tokio::test]
async fn an_invalid_config_keeps_the_last_valid_one_in_force_and_shows_line_and_column() {
    let origin = Origin::start(vec![Scene::stream("id: 1\ndata: a\n\n")]).await;
    let good = format!("[[feed]]\nid = \"f\"\nurl = \"{}\"\n", origin.url("/"));
    let world = World::new(&good);
    let engine = world.start().await;
    data(&engine, 1).await;
    world.write_config("[[feed]]\nid = \n");
    let problem = status(&engine, |status| status.problem.is_some()).await.problem.clone().unwrap();
    assert_eq!(problem.kind, ProblemKind::Config);
    assert!(problem.message.contains("line 2, column 6"), "{}", problem.message);
    origin.send("id: 2\ndata: b\n\n");
    assert_eq!(data(&engine, 2).await, ["a", "b"]);
    assert!(engine.add_feed(FeedWish { url: origin.url("/"), ..FeedWish::default() }).await.is_err());
    assert_eq!(world.config(), "[[feed]]\nid = \n", "a file with a problem is left alone");
    world.write_config(&good);
    status(&engine, |status| status.problem.is_none()).await;
    assert_eq!(origin.count(), 1, "an unchanged feed keeps its connection");
    engine.shutdown().await;
}

#[tokio::test]
async fn an_emptied_or_deleted_config_stops_no_feed() {
    let origin = Origin::start(vec![Scene::stream("id: 1\ndata: a\n\n")]).await;
    let good = format!("[[feed]]\nid = \"f\"\nurl = \"{}\"\n", origin.url("/"));
    let world = World::new(&good);
    let engine = world.start().await;
    data(&engine, 1).await;
    let told = |status: &Status| {
        status.problem.as_ref().is_some_and(|found| found.message.contains("empty or missing"))
    };
    world.write_config("\n");
    status(&engine, told).await;
    origin.send("id: 2\ndata: b\n\n");
    assert_eq!(data(&engine, 2).await, ["a", "b"]);
    world.write_config(&good);
    status(&engine, |status| status.problem.is_none()).await;
    std::fs::remove_file(world.dir().join("config.toml")).unwrap();
    assert_eq!(status(&engine, told).await.feeds.len(), 1);
    // A valid configuration without feeds removes them.
    world.write_config("version = 1\n");
    assert!(status(&engine, |status| status.problem.is_none()).await.feeds.is_empty());
    engine.shutdown().await;
}

#[tokio::test]
async fn a_start_with_an_invalid_config_receives_once_it_is_corrected() {
    let origin = Origin::start(vec![Scene::stream("data: a\n\n")]).await;
    let world = World::new("feed = 1\n");
    let engine = world.start().await;
    let found = status(&engine, |status| status.problem.is_some()).await;
    assert_eq!(found.problem.as_ref().map(|problem| problem.kind), Some(ProblemKind::ConfigAtStart));
    world.write_config(&format!("[[feed]]\nid = \"f\"\nurl = \"{}\"\n", origin.url("/")));
    assert_eq!(data(&engine, 1).await, ["a"]);
    engine.shutdown().await;
}

#[tokio::test]
async fn adding_and_removing_keeps_comments_order_and_other_feeds() {
    let mut origin = Origin::start(vec![Scene::stream("")]).await;
    let text = format!(
        "# before\nversion = 1\n\n[[feed]] # mine\nid = \"f\"\nurl = \"{}\" # here\n# after\n",
        origin.url("/")
    );
    let world = World::new(&text);
    let engine = world.start().await;
    let wish = FeedWish { url: origin.url("/b"), name: Some("运维".into()), ..FeedWish::default() };
    let id = engine.add_feed(wish).await.unwrap();
    assert!(world.config().starts_with("# before\nversion = 1\n\n[[feed]] # mine\n"), "{}", world.config());
    assert!(world.config().contains("name = \"运维\""));
    status(&engine, |status| status.feeds.len() == 2).await;
    engine.remove_feed(&id, false).await.unwrap();
    assert!(world.config().contains("# here") && world.config().contains("# before"), "{}", world.config());
    let left = status(&engine, |status| status.feeds.len() == 1).await;
    assert_eq!(left.feeds[0].id.as_str(), "f");
    feed(&engine, |feed| feed.connection.is_live()).await;
    let mut lines: Vec<String> = origin.asked(2).await.into_iter().map(|asked| asked.line).collect();
    lines.sort();
    assert_eq!(lines, ["GET / HTTP/1.1", "GET /b HTTP/1.1"], "the other feed kept its connection");
    engine.shutdown().await;
}

#[cfg(unix)]
#[tokio::test]
async fn files_are_private_and_a_linked_configuration_stays_a_link() {
    use std::os::unix::fs::PermissionsExt;

    let world = World::new("");
    let real_path = world.dir().join("elsewhere.toml");
    std::fs::rename(world.dir().join("config.toml"), &real_path).unwrap();
    std::os::unix::fs::symlink(&real_path, world.dir().join("config.toml")).unwrap();
    let engine = world.start().await;
    engine.add_feed(FeedWish { url: "http://127.0.0.1:1/".into(), ..FeedWish::default() }).await.unwrap();
    engine.shutdown().await;
    assert!(std::fs::symlink_metadata(world.dir().join("config.toml")).unwrap().is_symlink());
    let mode = |name: &str| std::fs::metadata(world.dir().join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("elsewhere.toml"), mode("bellwire.db"), mode("run")), (0o600, 0o600, 0o700));
}

#[test]
fn edits_from_several_processes_do_not_overlap() {
    let dir = tempfile::TempDir::new().unwrap();
    let path = dir.path().join("config.toml");
    let editors: Vec<_> = (0..8)
        .map(|n| {
            let file = ConfigFile::at(&path);
            let feed = NewFeed {
                id: FeedId::parse(&format!("f{n}")).unwrap(),
                name: format!("Feed {n}"),
                url: "http://127.0.0.1:1/".parse().unwrap(),
                auth: Vec::new(),
                severity: Vec::new(),
                rules: Vec::new(),
                keys: Default::default(),
            };
            std::thread::spawn(move || file.turn().unwrap().add(&[feed]).unwrap())
        })
        .collect();
    for editor in editors {
        editor.join().unwrap();
    }
    assert_eq!(parse(&std::fs::read_to_string(path).unwrap()).unwrap().feeds.len(), 8);
}
