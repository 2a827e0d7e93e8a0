//! Says what is being done, and runs the programs that do it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::Failure;

/// Prints one step, so that it stands out between the output of the programs.
pub fn say(what: &str) {
    println!("==> {what}");
}

/// Prints a detail of the step before.
pub fn detail(what: &str) {
    println!("    {what}");
}

/// Says what is being done and runs `command` with its output visible.
pub fn run(what: &str, command: &mut Command) -> Result<(), Failure> {
    say(&format!("{what}: {}", words(command)));
    let status = command
        .stdin(Stdio::null())
        .status()
        .map_err(|error| Failure::new(format!("`{}` did not start", words(command))).because(error))?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(format!("{what} failed")).because(format!("`{}` ended with {status}", words(command))))
}

/// Runs `command` quietly and returns what it printed, or nothing where it cannot start or fails.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// `cargo`, the very one that runs this program, in the workspace's folder.
pub fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(workspace_dir());
    command
}

/// The workspace's folder.
pub fn workspace_dir() -> PathBuf {
    let own_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    own_dir.parent().unwrap_or(own_dir).to_owned()
}

/// The folder cargo builds into.
pub fn target_dir() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => workspace_dir().join(dir),
        None => workspace_dir().join("target"),
    }
}

fn words(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut words = program.file_name().unwrap_or(command.get_program()).to_string_lossy().into_owned();
    for argument in command.get_args() {
        words.push(' ');
        words.push_str(&argument.to_string_lossy());
    }
    words
}
