//! The names on the way to a file: where a change of one leads a path to another file.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// The maximum number of links on the way, as on Linux.
const MAX_LINKS: usize = 40;

/// A name in a folder, without links in the folder's path.
pub(super) type Step = (PathBuf, OsString);

/// Returns each link on the way to the file, in the order in which they are followed, and the file's own name last.
/// Where the way ends early, the last step is the name that is missing.
pub(super) fn trail(path: &Path) -> Vec<Step> {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut rest: VecDeque<OsString> = names(&path);
    let (mut dir, mut steps, mut links) = (PathBuf::new(), Vec::new(), 0);
    while let Some(name) = rest.pop_front() {
        let here = dir.join(&name);
        match fs::read_link(&here) {
            Ok(link) if links < MAX_LINKS => {
                links += 1;
                steps.push((dir.clone(), name));
                for name in names(&link).into_iter().rev() {
                    rest.push_front(name);
                }
            }
            // The parent of a folder without links in its path is the one above it.
            _ if name == ".." => drop(dir.pop()),
            _ if rest.is_empty() || fs::symlink_metadata(&here).is_err() => {
                steps.push((dir, name));
                break;
            }
            _ => dir = here,
        }
    }
    steps
}

/// Returns the components of a path. The root is one of them, and replaces what is before it.
fn names(path: &Path) -> VecDeque<OsString> {
    let is_step = |part: &Component<'_>| *part != Component::CurDir;
    path.components().filter(is_step).map(|part| part.as_os_str().to_owned()).collect()
}
