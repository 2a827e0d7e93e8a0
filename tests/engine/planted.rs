//! Files that somebody else put in the place of ours.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use bellwire_engine::event::FeedId;
use bellwire_engine::{At, Engine, Home, LogReader, StartError, StoreError, View};
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::world::{World, data, data_of, status};
use rusqlite::Connection;
use rustix::fs::{CWD, FileType, Mode};

/// Plants something at a path.
type Plant<'a> = &'a dyn Fn(&Path);

async fn refusal(world: &World) -> StartError {
    Engine::start(Home::at(world.dir()), world.ports()).await.err().unwrap()
}

fn pipe(path: &Path) {
    rustix::fs::mknodat(CWD, path, FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap();
}

#[tokio::test]
async fn a_database_of_another_program_is_refused_and_not_a_byte_of_it_changes() {
    let foreign = [
        "CREATE TABLE notes (text); INSERT INTO notes VALUES ('theirs');",
        "CREATE TABLE log (text); PRAGMA user_version = 3;",
        "CREATE TABLE notes (text); PRAGMA user_version = 20260101;",
        "PRAGMA application_id = 7;",
        "PRAGMA journal_mode = WAL; CREATE TABLE notes (text); PRAGMA user_version = 3;",
    ];
    for sql in foreign {
        let world = World::new("");
        let path = world.database_path();
        let database = Connection::open(&path).unwrap();
        database.execute_batch(sql).unwrap();
        let before = fs::read(&path).unwrap();
        let refused = refusal(&world).await;
        assert!(matches!(refused, StartError::Store(StoreError::Foreign(_))), "{sql}: {refused:?}");
        let refused = LogReader::open(&Home::at(world.dir())).err();
        let is_refused = matches!(refused, Some(StoreError::Foreign(_) | StoreError::Missing(_)));
        assert!(is_refused || sql.contains("WAL"), "{sql}: {refused:?}");
        assert_eq!(fs::read(&path).unwrap(), before, "{sql}");
        drop(database);
    }
}

#[tokio::test]
async fn a_log_that_is_a_link_or_a_pipe_is_refused() {
    let world = World::new("");
    let theirs = world.dir().join("theirs.db");
    Connection::open(&theirs).unwrap().execute_batch("CREATE TABLE notes (text)").unwrap();
    let before = fs::read(&theirs).unwrap();
    let plant: [(&str, Plant<'_>); 3] = [
        ("a link", &|path| symlink(&theirs, path).unwrap()),
        ("a link to nothing", &|path| symlink(world.dir().join("nothing"), path).unwrap()),
        ("a pipe", &|path| pipe(path)),
    ];
    for (name, plant) in plant {
        plant(&world.database_path());
        let refused = refusal(&world).await;
        assert!(matches!(refused, StartError::Store(StoreError::File { .. })), "{name}: {refused:?}");
        assert!(matches!(LogReader::open(&Home::at(world.dir())), Err(StoreError::File { .. })), "{name}");
        fs::remove_file(world.database_path()).unwrap();
    }
    assert_eq!(fs::read(&theirs).unwrap(), before);
    assert!(!world.dir().join("nothing").exists());
}

#[tokio::test]
async fn a_log_without_our_mark_is_known_by_its_tables_and_gets_it() {
    let origin = Origin::start(vec![Scene::stream("id: 1\ndata: a\n\n")]).await;
    let world = World::new(&format!("[[feed]]\nid = \"ops\"\nurl = \"{}\"\n", origin.url("/")));
    let engine = world.start().await;
    data(&engine, 1).await;
    engine.shutdown().await;
    let mark = || -> i64 {
        let database = Connection::open(world.database_path()).unwrap();
        database.query_row("PRAGMA application_id", [], |row| row.get(0)).unwrap()
    };
    let ours = mark();
    assert_ne!(ours, 0);
    let database = Connection::open(world.database_path()).unwrap();
    database.pragma_update(None, "application_id", 0).unwrap();
    drop(database);
    let engine = world.start().await;
    assert_eq!(data(&engine, 1).await, ["a"]);
    engine.shutdown().await;
    assert_eq!(mark(), ours);
}

#[tokio::test]
async fn planted_links_and_pipes_in_run_are_neither_written_nor_waited_for() {
    for name in ["bell", "lock", "icon.png"] {
        for is_pipe in [false, true] {
            let world = World::new("");
            let (run, theirs) = (world.dir().join("run"), world.dir().join("theirs"));
            fs::create_dir(&run).unwrap();
            fs::write(&theirs, "theirs").unwrap();
            if is_pipe {
                pipe(&run.join(name));
            } else {
                symlink(&theirs, run.join(name)).unwrap();
            }
            match Engine::start(Home::at(world.dir()), world.ports()).await {
                Ok(engine) => engine.shutdown().await,
                Err(error) => assert!(name == "lock" && matches!(error, StartError::Home(_)), "{error:?}"),
            }
            assert_eq!(fs::read_to_string(&theirs).unwrap(), "theirs", "{name}");
        }
    }
}

#[tokio::test]
async fn a_config_that_is_a_pipe_a_device_or_too_large_is_an_error_at_once() {
    let plant: [(&str, Plant<'_>); 3] = [
        ("a pipe", &|path| pipe(path)),
        ("a device", &|path| symlink("/dev/zero", path).unwrap()),
        ("1 GiB", &|path| fs::File::create(path).unwrap().set_len(1 << 30).unwrap()),
    ];
    for (name, plant) in plant {
        let world = World::new("");
        let path = world.dir().join("config.toml");
        fs::remove_file(&path).unwrap();
        plant(&path);
        let refused = refusal(&world).await;
        assert!(matches!(refused, StartError::ReadConfig(_)), "{name}: {refused:?}");
    }
}

#[tokio::test]
async fn a_log_is_read_without_writing_beside_it() {
    let origin = Origin::start(vec![Scene::stream("id: 1\ndata: a\n\n")]).await;
    let world = World::new(&format!("[[feed]]\nid = \"ops\"\nurl = \"{}\"\n", origin.url("/")));
    let engine = world.start().await;
    data(&engine, 1).await;
    engine.shutdown().await;
    // What keeps root from writing, too: a folder has the name of the file that SQLite would write.
    for companion in ["bellwire.db-wal", "bellwire.db-shm"] {
        // There is none where no reader was left.
        let _ = fs::remove_file(world.dir().join(companion));
    }
    fs::create_dir(world.dir().join("bellwire.db-shm")).unwrap();
    let reader = LogReader::open(&Home::at(world.dir())).unwrap();
    assert_eq!(data_of(&reader.page(&View::default(), At::Newest, 10).unwrap().rows), ["a"]);
}

#[tokio::test]
async fn a_linked_config_is_followed_and_an_edit_keeps_the_link() {
    let origin = Origin::start(Vec::new()).await;
    let feed = |id: &str| format!("[[feed]]\nid = \"{id}\"\nurl = \"{}\"\n", origin.url(&format!("/{id}")));
    let world = World::new("");
    let at = |name: &str| world.dir().join(name);
    fs::remove_file(at("config.toml")).unwrap();
    fs::create_dir_all(at("dotfiles/v1")).unwrap();
    fs::create_dir_all(at("dotfiles/v2")).unwrap();
    fs::write(at("dotfiles/v1/config.toml"), feed("a")).unwrap();
    fs::write(at("dotfiles/v2/config.toml"), feed("c")).unwrap();
    symlink("v1", at("dotfiles/data")).unwrap();
    symlink("dotfiles/data/config.toml", at("config.toml")).unwrap();
    let engine = world.start().await;
    let has = async |id: &str| drop(status(&engine, |status| status.feeds[0].id.as_str() == id).await);
    has("a").await;

    fs::write(at("dotfiles/v1/config.toml"), feed("b")).unwrap();
    has("b").await;
    engine.set_enabled(&FeedId::parse("b").unwrap(), false).await.unwrap();
    assert!(fs::symlink_metadata(at("config.toml")).unwrap().is_symlink());
    assert!(fs::read_to_string(at("dotfiles/v1/config.toml")).unwrap().contains("enabled = false"));

    symlink("v2", at("dotfiles/swapped")).unwrap();
    fs::rename(at("dotfiles/swapped"), at("dotfiles/data")).unwrap();
    has("c").await;
    engine.shutdown().await;
}
