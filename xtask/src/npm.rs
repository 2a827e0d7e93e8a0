//! npm packages, as a folder's lock file names them.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::failure::Failure;
use crate::step;

/// npm itself. On Windows it is a script, which is found by its full name only.
pub const PROGRAM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// Installs the packages of the lock file in `dir` into its `node_modules`, unless those of this very file are there.
pub fn install(dir: &Path) -> Result<(), Failure> {
    let lock_path = dir.join("package-lock.json");
    let stamp_path = dir.join("node_modules/.installed-lock.json");
    let lock = fs::read(&lock_path)
        .map_err(|error| Failure::new(format!("{} cannot be read", lock_path.display())).because(error))?;
    let name = dir.file_name().unwrap_or_default().to_string_lossy();
    if fs::read(&stamp_path).is_ok_and(|stamp| stamp == lock) {
        step::say(&format!("npm packages of {name}: all there"));
        return Ok(());
    }
    let mut install = command(dir, &["ci", "--no-audit", "--no-fund"]);
    step::run(&format!("install the npm packages of {name}"), &mut install)?;
    fs::write(&stamp_path, lock)
        .map_err(|error| Failure::new(format!("{} cannot be written", stamp_path.display())).because(error))
}

/// A command of npm in `dir`.
pub fn command(dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(arguments).current_dir(dir);
    command
}
