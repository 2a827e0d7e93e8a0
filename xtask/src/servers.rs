//! What the event servers in tests/servers are made of: packages of npm and of PyPI, pinned with their hashes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;
use crate::{npm, step};

/// Packages that PyPI has as source only. They are pure Python, so nothing is compiled.
const AS_SOURCE: &str = "django-grip,gripcontrol,pubcontrol";

/// Installs what is missing: npm packages beside the servers, Python's in an environment under the target folder.
pub fn install() -> Result<(), Failure> {
    npm::install(&servers_dir())?;
    install_python()
}

/// The Python that has the packages of `tests/servers/requirements.txt`.
pub fn python() -> PathBuf {
    environment_dir().join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" })
}

/// The folder of the servers' sources.
pub fn servers_dir() -> PathBuf {
    step::workspace_dir().join("tests/servers")
}

fn install_python() -> Result<(), Failure> {
    let requirements_path = servers_dir().join("requirements.txt");
    let stamp_path = environment_dir().join("installed-requirements.txt");
    let requirements = fs::read(&requirements_path).map_err(|error| {
        Failure::new(format!("{} cannot be read", requirements_path.display())).because(error)
    })?;
    let is_alive = || step::output(Command::new(python()).arg("--version")).is_some();
    if fs::read(&stamp_path).is_ok_and(|stamp| stamp == requirements) && is_alive() {
        step::say("Python packages: all there");
        return Ok(());
    }
    let mut create = Command::new(system_python());
    create.args(["-m", "venv", "--clear"]).arg(environment_dir());
    step::run("make an environment for Python packages", &mut create)
        .map_err(|failure| failure.next("install Python 3.11 or newer with its module venv"))?;
    let mut install = Command::new(python());
    install.args(["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]);
    install.args(["--require-hashes", "--only-binary", ":all:", "--no-binary", AS_SOURCE, "--use-pep517"]);
    install.arg("--requirement").arg(&requirements_path);
    step::run("install the Python packages", &mut install)
        .map_err(|failure| failure.next("check that PyPI can be reached and Python is 3.11 or newer"))?;
    fs::write(&stamp_path, requirements)
        .map_err(|error| Failure::new(format!("{} cannot be written", stamp_path.display())).because(error))
}

/// The system's own, whose module venv the package python3-venv completes; elsewhere the one in PATH.
fn system_python() -> &'static Path {
    let system = Path::new("/usr/bin/python3");
    if system.exists() { system } else { Path::new("python3") }
}

fn environment_dir() -> PathBuf {
    step::target_dir().join("xtask/python")
}
