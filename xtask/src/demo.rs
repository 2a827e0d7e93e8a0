//! `cargo xtask demo`: Bellwire on a throwaway home with the three demo feeds.

mod follow;
mod virtual_screen;

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;
use crate::process_group::ProcessGroup;
use crate::{setup, step, window};

/// Sets up, builds and shows the app: on this display until it is quit, or on a virtual one until enough was seen.
pub fn run() -> Result<(), Failure> {
    let has_display = has_display();
    if has_display {
        setup::packages(&[&setup::COMPILER, &setup::WEBVIEW])?;
    } else {
        step::say("there is no display here: the demo runs on a virtual one and ends by itself");
        setup::packages(&[&setup::COMPILER, &setup::WEBVIEW, &setup::DESKTOP])?;
    }
    setup::node()?;
    window::install()?;
    window::build()?;
    // The debug profile: it builds in under half the time of a release, and the demo shows no difference.
    step::run(
        "build the app",
        &mut step::cargo(&[
            "build",
            "--locked",
            "--package",
            "bellwire-desktop",
            "--package",
            "bellwire-cli",
        ]),
    )?;
    if has_display { on_this_display() } else { virtual_screen::run() }
}

/// A home for one run of the app. Dropping it ends what was started in its group and removes it; so does the end
/// of this program by Ctrl-C.
struct ThrowawayHome {
    group: ProcessGroup,
    dir: PathBuf,
}

impl ThrowawayHome {
    /// Makes an empty folder that only its owner can enter.
    fn create() -> Result<Self, Failure> {
        let dir = std::env::temp_dir().join(format!("bellwire-home-{}", std::process::id()));
        let failure = |error| Failure::new(format!("{} cannot be made", dir.display())).because(error);
        DirBuilder::new().mode(0o700).create(&dir).map_err(failure)?;
        let group = ProcessGroup::start(&dir).map_err(failure)?;
        Ok(Self { group, dir })
    }
}

impl Drop for ThrowawayHome {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.dir);
    }
}

fn on_this_display() -> Result<(), Failure> {
    let home = ThrowawayHome::create()?;
    step::say("Bellwire opens on a throwaway home; the demo ends when you quit it from its tray menu");
    let mut command = app(&home.dir);
    let mut app = home
        .group
        .spawn(&mut command)
        .map_err(|error| Failure::new("the app did not start").because(error))?;
    let status = app.wait().map_err(|error| Failure::new("the app was lost").because(error))?;
    if !status.success() {
        return Err(Failure::new(format!("the app ended with {status}")).next("its last lines above say why"));
    }
    Ok(())
}

/// The app, subscribed to the demo feeds that it serves itself.
fn app(home_dir: &Path) -> Command {
    let mut command = Command::new(program_path("bellwire-desktop"));
    command.arg("--demo").arg("--home").arg(home_dir);
    command
}

fn program_path(name: &str) -> PathBuf {
    step::target_dir().join("debug").join(name)
}

fn has_display() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(target_os = "macos") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}
