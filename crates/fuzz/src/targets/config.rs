//! `config.toml`.

use bellwire_engine::config::{Config, ConfigError, ConfigFile, EditError, NewFeed, parse};
use bellwire_engine::event::FeedId;
use tempfile::TempDir;
use url::Url;

use crate::target::{MIB, Target, magnitude, shape};

pub(super) const TARGET: Target = Target {
    name: "config",
    words: &[
        b"[[feed]]\n",
        b"[[feed.rule]]\n",
        b"[feed.auth]\n",
        b"[app]\n",
        b"[retention]\n",
        b"id = \"a\"\n",
        b"url = \"https://a.example/\"\n",
        b"enabled = false\n",
        b"when = \"data.a > 1\"\n",
        b"title = \"{{ data.a }}\"\n",
        b"event = [\"a*\"]\n",
        b"auth = { type = \"bearer\", secret = \"ops\" }\n",
        b"headers = { \"X-A\" = \"b\" }\n",
        b"max_age = \"30d\"\n",
        b"max_event = \"16MiB\"\n",
        b"idle_timeout = \"off\"\n",
        b"resume = \"none\"\n",
        b"severity = { critical = [\"a\"] }\n",
        b"proxy = \"none\"\n",
        b"version = 1\n",
        b"\"\"\"",
        b"'''",
        b"{",
        b"}",
        b"[",
        b"]",
        b"=",
        b"# ",
        b".",
        b"-",
        b"\\u0000",
        b"1e309",
        b"true",
        b"2026-11-21T06:35:31Z",
        "订".as_bytes(),
    ],
    // A value of TOML takes some hundred bytes, and may be written in two.
    max_memory: 256 * MIB,
    run,
};

fn run(input: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(input);
    match parse(&text) {
        Err(error) => {
            check_places(&error, &text);
            shape(error.problems.iter().map(|problem| kind(&problem.message)).collect::<Vec<_>>())
        }
        Ok(config) => {
            assert_eq!(parse(&text).as_ref(), Ok(&config), "the same text gives the same configuration");
            edit(&text, &config);
            let parts =
                config.feeds.iter().map(|feed| (feed.rules.len(), feed.auth.len(), feed.headers.len()));
            shape((magnitude(config.feeds.len()), parts.collect::<Vec<_>>()))
        }
    }
}

/// Checks that each problem is at a place of the text.
fn check_places(error: &ConfigError, text: &str) {
    assert!(!error.problems.is_empty(), "an error has a problem");
    let lines: Vec<&str> = text.split('\n').collect();
    for problem in &error.problems {
        assert!((1..=lines.len()).contains(&problem.line), "{problem}: of {} lines", lines.len());
        let columns = lines[problem.line - 1].chars().count();
        assert!((1..=columns + 1).contains(&problem.column), "{problem}: of {columns} columns");
        assert!(!problem.message.is_empty(), "a problem says something");
    }
}

/// Checks that the program's own changes of the file change what they are about, and nothing else.
fn edit(text: &str, before: &Config) {
    let id = FeedId::parse("added-by-the-program");
    let (Ok(dir), Some(id), Ok(url)) = (TempDir::new(), id, Url::parse("https://b.example/stream")) else {
        panic!("a folder, an id and an address can be made");
    };
    if before.feeds.iter().any(|feed| feed.id == id) {
        return;
    }
    let path = dir.path().join("config.toml");
    assert!(std::fs::write(&path, text).is_ok(), "the file can be written");
    let file = ConfigFile::at(&path);
    // Relative paths in it start at the file's folder.
    let Ok(read) = file.parse(text) else { panic!("a valid text is valid in a folder") };
    let feed = NewFeed {
        id: id.clone(),
        name: "Added \"by\" the program".into(),
        url,
        auth: Vec::new(),
        severity: Vec::new(),
        rules: Vec::new(),
        keys: Default::default(),
    };
    let Ok(turn) = file.turn() else { panic!("no other program changes the file") };
    match turn.add(&[feed]) {
        Ok(added) => {
            assert_eq!(added.feeds.len(), read.feeds.len() + 1, "one feed more");
            assert_eq!(added.feeds[..read.feeds.len()], read.feeds[..], "the other feeds stay");
        }
        // Feeds in brackets (`feed = [{ … }]`) are a person's to change.
        Err(EditError::Inline(_)) => {
            assert_eq!(file.read().ok().as_deref(), Some(text), "a change that fails changes nothing");
            return;
        }
        Err(error) => panic!("a feed can be added to a valid file: {error}"),
    }
    match turn.remove(&id) {
        Ok(removed) => assert_eq!(removed, read, "without the added feed it is as before"),
        Err(error) => panic!("an added feed can be removed: {error}"),
    }
}

/// Returns a message without what it quotes.
fn kind(message: &str) -> String {
    message.split(['"', '`']).step_by(2).collect()
}
