#![cfg(unix)]

use std::os::unix::fs::{PermissionsExt, symlink};

use rustix::fs::{CWD, FileType, Mode};

use super::*;

/// Writes to a path as the program does.
type Writing = fn(&Path) -> io::Result<()>;

const WRITES: [(&str, Writing); 3] = [
    ("own", |path| own(path)?.write_all(b"ours")),
    ("fresh", |path| fresh(path)?.write_all(b"ours")),
    ("keep", |path| keep(path, b"ours")),
];

fn pipe(path: &Path) {
    rustix::fs::mknodat(CWD, path, FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap();
}

#[test]
fn nothing_is_written_where_a_planted_link_leads() {
    for (name, write) in WRITES {
        let dir = tempfile::tempdir().unwrap();
        let (theirs, path) = (dir.path().join("theirs"), dir.path().join("bell"));
        fs::write(&theirs, "theirs").unwrap();
        symlink(&theirs, &path).unwrap();
        let _ = write(&path);
        assert_eq!(fs::read_to_string(&theirs).unwrap(), "theirs", "{name}");
        fs::remove_file(&path).unwrap();

        symlink(dir.path().join("nowhere"), &path).unwrap();
        let _ = write(&path);
        assert!(!dir.path().join("nowhere").exists(), "{name}");
        fs::remove_file(&path).unwrap();

        write(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
    }
}

#[test]
fn nothing_is_written_into_a_file_with_a_second_name() {
    for (name, write) in WRITES.into_iter().filter(|(name, _)| *name != "own") {
        let dir = tempfile::tempdir().unwrap();
        let (theirs, path) = (dir.path().join("theirs"), dir.path().join("bell"));
        fs::write(&theirs, "theirs").unwrap();
        fs::hard_link(&theirs, &path).unwrap();
        write(&path).unwrap();
        assert_eq!(fs::read_to_string(&theirs).unwrap(), "theirs", "{name}");
    }
}

#[test]
fn a_pipe_or_a_device_neither_blocks_nor_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config.toml");
    pipe(&path);
    assert_eq!(read(&path).unwrap_err().to_string(), "it is not a regular file");
    assert_eq!(open_own(&path).unwrap_err().to_string(), "it is not a regular file");
    assert_eq!(own(&path).unwrap_err().to_string(), "it is not a regular file");
    assert_eq!(read(Path::new("/dev/zero")).unwrap_err().to_string(), "it is not a regular file");
    let link = dir.path().join("link");
    symlink("/dev/zero", &link).unwrap();
    assert_eq!(read(&link).unwrap_err().to_string(), "it is not a regular file");
    fresh(&path).unwrap().write_all(b"x").unwrap();
    assert_eq!(read(&path).unwrap(), b"x");
}

#[test]
fn a_file_over_the_limit_is_not_read() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config.toml");
    let file = File::create(&path).unwrap();
    file.set_len(MAX_SIZE).unwrap();
    assert_eq!(read(&path).unwrap().len() as u64, MAX_SIZE);
    file.set_len(1 << 30).unwrap();
    assert_eq!(read(&path).unwrap_err().to_string(), "it is larger than 8 MiB");
}

#[test]
fn a_link_leads_to_its_last_target_also_where_that_does_not_exist() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    fs::create_dir(path("dotfiles")).unwrap();
    symlink("b", path("a")).unwrap();
    symlink("dotfiles/c", path("b")).unwrap();
    assert_eq!(target(&path("a")).unwrap(), path("dotfiles/c"));
    symlink("round", path("round")).unwrap();
    assert!(target(&path("round")).is_err());
}
