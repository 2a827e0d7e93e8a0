//! Programs for checks that Cargo builds from crates.io, kept under `target/tools`.

use std::path::Path;
use std::process::Command;

use crate::failure::Failure;
use crate::step;

/// A program and the one release of it that our configuration is written for.
pub struct Tool {
    program: &'static str,
    package: &'static str,
    version: &'static str,
}

/// Checks dependencies: bans, licences, sources, advisories.
pub const CARGO_DENY: Tool = Tool { program: "cargo-deny", package: "cargo-deny", version: "0.20.2" };

/// Finds misspelt words.
pub const TYPOS: Tool = Tool { program: "typos", package: "typos-cli", version: "1.42.3" };

impl Tool {
    /// Returns a command of the tool in the workspace's folder, having built the tool where it is missing or another
    /// release.
    ///
    /// # Errors
    ///
    /// When it does not build, or its build folder cannot be removed.
    pub fn command(&self) -> Result<Command, Failure> {
        let tools_dir = step::target_dir().join("tools");
        let mut program_path = tools_dir.join("bin").join(self.program);
        program_path.set_extension(std::env::consts::EXE_EXTENSION);
        let version = step::output(Command::new(&program_path).arg("--version"));
        if !version.is_some_and(|version| version.trim().ends_with(self.version)) {
            self.build(&tools_dir)?;
        }
        let mut command = Command::new(program_path);
        command.current_dir(step::workspace_dir());
        Ok(command)
    }

    fn build(&self, tools_dir: &Path) -> Result<(), Failure> {
        let mut install =
            step::cargo(&["install", "--quiet", "--locked", "--debug", "--force", self.package]);
        install.args(["--version", self.version, "--root"]).arg(tools_dir);
        // A target folder of its own, so that its crates do not mix with the project's and can go afterwards.
        let build_dir = tools_dir.join("build");
        install.arg("--target-dir").arg(&build_dir);
        step::run(&format!("build {} (once, a minute or two)", self.program), &mut install)?;
        std::fs::remove_dir_all(&build_dir).map_err(|error| {
            Failure::new(format!("{} cannot be removed", build_dir.display())).because(error)
        })
    }
}
