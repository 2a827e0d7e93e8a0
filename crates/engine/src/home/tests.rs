use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).map_or(0, |found| found.permissions().mode() & 0o7777)
}

#[test]
fn a_folder_that_exists_keeps_its_mode_and_new_ones_are_private() {
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o2775)).unwrap();
    let home = Home::at(dir.path());
    home.prepare().unwrap();
    assert_eq!(mode(dir.path()), 0o2775);
    assert_eq!(mode(home.runtime_dir()) & 0o777, 0o700);
    assert_eq!(home.shared_folders(), [dir.path()]);

    let new = dir.path().join("a/b");
    let home = Home::at(&new);
    home.prepare().unwrap();
    assert_eq!(mode(&new) & 0o777, 0o700);
    assert!(home.shared_folders().is_empty());
}

#[test]
fn a_planted_lock_or_folder_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::at(dir.path());
    let theirs = dir.path().join("theirs");
    fs::create_dir(&theirs).unwrap();
    symlink(&theirs, home.runtime_dir()).unwrap();
    assert!(home.prepare().unwrap_err().to_string().contains("it is a link"));
    fs::remove_file(home.runtime_dir()).unwrap();
    home.prepare().unwrap();
    symlink(theirs.join("new"), home.runtime_dir().join("lock")).unwrap();
    assert!(home.lock().unwrap_err().to_string().contains("it is a link"));
    assert!(!theirs.join("new").exists());
}
