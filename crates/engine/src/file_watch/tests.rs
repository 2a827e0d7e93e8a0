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
