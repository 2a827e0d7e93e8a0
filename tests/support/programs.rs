//! The paths of the programs that the suites drive.

use std::path::PathBuf;

/// Returns the path of the desktop app.
pub fn desktop_app() -> PathBuf {
    program("bellwire-desktop")
}

/// Returns the path of the command-line program.
pub fn command_line() -> PathBuf {
    program("bellwire")
}

/// Returns the path of the receiver that kills itself at a step.
pub fn crash_point() -> PathBuf {
    program("crash-point")
}

/// Returns the path of a built program. Test programs are in `target/PROFILE/deps`, all others in `target/PROFILE`.
fn program(name: &str) -> PathBuf {
    let own_path = std::env::current_exe().expect("a running program has a path");
    let own_dir = own_path.parent().expect("a program lies in a folder");
    let profile_dir = if own_dir.ends_with("deps") { own_dir.parent() } else { Some(own_dir) };
    let path = profile_dir.expect("cargo keeps tests in target/PROFILE/deps").join(name);
    assert!(path.exists(), "{} is not built: run `cargo build --workspace --bins` first", path.display());
    path
}
