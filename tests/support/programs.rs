//! Where cargo put the programs that the suites drive.

use std::path::PathBuf;

/// The desktop app.
pub fn desktop_app() -> PathBuf {
    program("bellwire-desktop")
}

/// The command line.
pub fn command_line() -> PathBuf {
    program("bellwire")
}

/// Test programs lie in `target/PROFILE/deps`, the others one folder up.
fn program(name: &str) -> PathBuf {
    let own_path = std::env::current_exe().expect("a running program has a path");
    let profile_dir = own_path.ancestors().nth(2).expect("cargo keeps tests in target/PROFILE/deps");
    let path = profile_dir.join(name);
    assert!(path.exists(), "{} is not built: run `cargo build --workspace --bins` first", path.display());
    path
}
