use std::fs::{self, File};
use std::io::Write;
use std::time::Duration;

use super::*;

async fn rings(watch: &mut FileWatch) -> bool {
    tokio::time::timeout(Duration::from_secs(5), watch.changed()).await.is_ok()
}

#[tokio::test]
async fn a_file_that_comes_is_written_and_replaced_is_noticed_each_time() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config.toml");
    let mut watch = FileWatch::start(&path).unwrap();
    fs::write(&path, "a").unwrap();
    assert!(rings(&mut watch).await);
    let mut open = File::options().write(true).open(&path).unwrap();
    open.write_all(b"b").unwrap();
    assert!(rings(&mut watch).await, "a file that stays open is written");
    let other = dir.path().join("other");
    fs::write(&other, "c").unwrap();
    fs::rename(&other, &path).unwrap();
    assert!(rings(&mut watch).await);
    let mut open = File::options().write(true).open(&path).unwrap();
    open.write_all(b"d").unwrap();
    assert!(rings(&mut watch).await, "the file that took the place is written");
    drop(open);
    assert!(rings(&mut watch).await);
    fs::remove_file(&path).unwrap();
    assert!(rings(&mut watch).await);
}

#[cfg(unix)]
#[tokio::test]
async fn a_linked_file_is_noticed_when_it_is_edited_replaced_or_its_folder_is_swapped() {
    use std::os::unix::fs::symlink;

    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    // As a ConfigMap is mounted: the file links into a folder that is itself a link, and is swapped by rename.
    for version in ["v1", "v2"] {
        fs::create_dir(at(version)).unwrap();
        fs::write(at(version).join("config.toml"), version).unwrap();
    }
    symlink("v1", at("data")).unwrap();
    symlink("data/config.toml", at("config.toml")).unwrap();
    let mut watch = FileWatch::start(&at("config.toml")).unwrap();

    let edit = |version: &str| {
        let mut open = File::options().write(true).open(at(version).join("config.toml")).unwrap();
        open.write_all(b"b").unwrap();
        open
    };
    let replace = |version: &str| {
        fs::write(at("new"), "c").unwrap();
        fs::rename(at("new"), at(version).join("config.toml")).unwrap();
    };
    drop(edit("v1"));
    assert!(rings(&mut watch).await, "the target is edited");
    replace("v1");
    assert!(rings(&mut watch).await, "the target is replaced");
    let open = edit("v1");
    assert!(rings(&mut watch).await, "the file that took the target's place is edited");
    drop(open);
    assert!(rings(&mut watch).await);

    symlink("v2", at("swapped")).unwrap();
    fs::rename(at("swapped"), at("data")).unwrap();
    assert!(rings(&mut watch).await, "the folder is swapped");
    drop(edit("v2"));
    assert!(rings(&mut watch).await, "the target in the new folder is edited");
    replace("v2");
    assert!(rings(&mut watch).await, "the target in the new folder is replaced");

    fs::remove_dir_all(at("v2")).unwrap();
    assert!(rings(&mut watch).await, "the target is gone");
    fs::create_dir(at("v2")).unwrap();
    assert!(rings(&mut watch).await, "its folder is there again");
    fs::write(at("v2").join("config.toml"), "d").unwrap();
    assert!(rings(&mut watch).await, "it is there again");
}
