//! The window: its npm packages and its built files, renewed only when what they come from changed.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::UNIX_EPOCH;
use std::{fs, io};

use crate::failure::Failure;
use crate::{npm, step};

/// Installs the npm packages, unless those of this very lock file are there.
pub fn install() -> Result<(), Failure> {
    npm::install(&ui_dir())
}

/// Builds the window's files into `ui/dist`, unless they are those of the present sources.
pub fn build() -> Result<(), Failure> {
    let stamp_path = step::target_dir().join("xtask/window.stamp");
    let unreadable = |error| Failure::new("the window's sources cannot be read").because(error);
    let sources = digest(&source_paths().map_err(unreadable)?).map_err(unreadable)?;
    let is_fresh = |stamp: String| built_at().is_some_and(|time| stamp == format!("{sources} {time}"));
    if fs::read_to_string(&stamp_path).is_ok_and(is_fresh) {
        step::say("window: built before from the same sources");
        return Ok(());
    }
    step::run("build the window", &mut npm(&["run", "build"]))?;
    let time = built_at().ok_or_else(|| Failure::new("the window's build left no ui/dist/index.html"))?;
    fs::create_dir_all(step::target_dir().join("xtask"))
        .and_then(|()| fs::write(&stamp_path, format!("{sources} {time}")))
        .map_err(|error| Failure::new(format!("{} cannot be written", stamp_path.display())).because(error))
}

/// Runs one of the window's npm scripts.
pub fn script(what: &str, name: &str) -> Result<(), Failure> {
    step::run(what, &mut npm(&["run", name]))
}

/// A command of npm in the window's folder.
pub fn npm(arguments: &[&str]) -> Command {
    npm::command(&ui_dir(), arguments)
}

fn ui_dir() -> PathBuf {
    step::workspace_dir().join("ui")
}

/// When the built window was written, in nanoseconds since 1970: a build by hand in between shows in it.
fn built_at() -> Option<u128> {
    let modified = fs::metadata(ui_dir().join("dist/index.html")).and_then(|data| data.modified()).ok()?;
    modified.duration_since(UNIX_EPOCH).ok().map(|time| time.as_nanos())
}

fn source_paths() -> io::Result<BTreeSet<PathBuf>> {
    let mut paths = BTreeSet::new();
    for dir in [ui_dir(), step::workspace_dir().join("icons")] {
        collect(&dir, &mut paths)?;
    }
    Ok(paths)
}

fn collect(dir: &Path, paths: &mut BTreeSet<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_file() {
            paths.insert(entry.path());
        } else if kind.is_dir() && !matches!(entry.file_name().to_str(), Some("node_modules" | "dist")) {
            collect(&entry.path(), paths)?;
        }
    }
    Ok(())
}

/// One number for the names and contents of `paths`. Another Rust release may hash differently: that costs one
/// build too many.
fn digest(paths: &BTreeSet<PathBuf>) -> io::Result<u64> {
    let mut hasher = DefaultHasher::new();
    for path in paths {
        path.hash(&mut hasher);
        fs::read(path)?.hash(&mut hasher);
    }
    Ok(hasher.finish())
}
