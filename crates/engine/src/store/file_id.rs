//! Which file a path leads to at present: the writer may put a new database in the place of a damaged one.

use std::path::Path;

/// Tells a file from another of the same name; `None` where the system has no such number.
pub(crate) type FileId = (u64, u64);

#[cfg(unix)]
pub(super) fn file_id(path: &Path) -> Option<FileId> {
    use std::os::unix::fs::MetadataExt;

    std::fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
}

#[cfg(not(unix))]
pub(super) fn file_id(_path: &Path) -> Option<FileId> {
    None
}
