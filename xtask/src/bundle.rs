//! `cargo xtask bundle`: both programs as a release, with their licences, their bill of materials and checksums.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::failure::Failure;
use crate::{sbom, step, window};

/// The programs, as cargo names their files.
const PROGRAMS: [&str; 2] = ["bellwire", "bellwire-desktop"];
/// What goes along from the workspace.
const PAPERS: [&str; 4] = ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "CHANGELOG.md"];
/// The name of the bill of materials.
const BILL: &str = "bellwire.cdx.json";

/// Builds the programs from the lock files, and puts everything into `target/bundle`.
///
/// # Errors
///
/// When a part cannot be built, read or written.
pub fn run() -> Result<(), Failure> {
    let target = host()?;
    window::install()?;
    window::build()?;
    let arguments = ["build", "--release", "--locked", "-p", "bellwire-cli", "-p", "bellwire-desktop"];
    step::run("build both programs", &mut step::cargo(&arguments))?;
    let dir = step::target_dir().join("bundle");
    let unwritable =
        |error: io::Error| Failure::new(format!("{} cannot be written", dir.display())).because(error);
    if dir.exists() {
        fs::remove_dir_all(&dir).map_err(unwritable)?;
    }
    fs::create_dir_all(&dir).map_err(unwritable)?;
    let mut names: Vec<String> = Vec::new();
    for program in PROGRAMS {
        let name = format!("{program}{}", std::env::consts::EXE_SUFFIX);
        fs::copy(step::target_dir().join("release").join(&name), dir.join(&name)).map_err(unwritable)?;
        names.push(name);
    }
    for paper in PAPERS {
        fs::copy(step::workspace_dir().join(paper), dir.join(paper)).map_err(unwritable)?;
        names.push(paper.to_owned());
    }
    step::say("write the bill of materials");
    fs::write(dir.join(BILL), format!("{:#}\n", sbom::read(&target)?)).map_err(unwritable)?;
    names.push(BILL.to_owned());
    names.sort_unstable();
    let sums: Result<Vec<String>, io::Error> =
        names.iter().map(|name| Ok(format!("{}  {name}\n", sum(&dir.join(name))?))).collect();
    fs::write(dir.join("SHA256SUMS"), sums.map_err(unwritable)?.concat()).map_err(unwritable)?;
    step::say(&format!("the bundle for {target} is in {}", dir.display()));
    Ok(())
}

/// Returns what this machine builds for, such as `x86_64-unknown-linux-gnu`.
fn host() -> Result<String, Failure> {
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let about = step::output(std::process::Command::new(compiler).arg("-vV")).unwrap_or_default();
    let host = about.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| Failure::new("rustc does not say what it builds for"))
}

/// Returns the SHA-256 sum of a file, in hexadecimal.
fn sum(path: &Path) -> io::Result<String> {
    let (mut file, mut sum, mut chunk) = (fs::File::open(path)?, Sha256::new(), [0; 65_536]);
    loop {
        match file.read(&mut chunk)? {
            0 => return Ok(sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect()),
            n => sum.update(&chunk[..n]),
        }
    }
}
