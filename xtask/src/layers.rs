//! Checks the structure inside the crates: no two files import each other, and the engine keeps to its layers.
//!
//! Cargo forbids cycles between crates but not inside one, where they make a group of files one piece that can
//! only be read, tested and changed together.

mod cycles;
mod graph;
mod modules;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use cycles::Cycles;
use graph::Graph;

/// The crate whose modules are layered.
const ENGINE: &str = "crates/engine";

/// The engine's modules, lowest layer first. A module may use the layers below its own, not its own layer and not
/// those above. The crate's root, which declares them all, is exempt.
const ENGINE_LAYERS: &[&[&str]] = &[
    &["files", "text"],
    &["event", "file_watch", "home", "json", "link"],
    &["secrets", "expression"],
    &["ports", "presets"],
    &["config"],
    &["rules"],
    &["store"],
    &["status"],
    &["feed", "notify"],
    &["check"],
    &["engine"],
    &["system"],
];

/// Checks every crate below `crates/` and `src-tauri`, and names what is wrong in the order of its weight.
///
/// # Errors
///
/// When a source file cannot be read or parsed, or when the structure is violated.
pub fn check(workspace_dir: &Path) -> Result<(), Failure> {
    let report = report(workspace_dir)?;
    if report.is_clean() {
        return Ok(());
    }
    Err(Failure::new("the structure is violated")
        .because(&report)
        .next("move what both files need into a file below them, or pass it in from above"))
}

/// Prints the number of pairs of files that import each other, the pairs, and the other violations.
///
/// # Errors
///
/// When a source file cannot be read or parsed, or when the structure is violated.
pub fn print(workspace_dir: &Path) -> Result<(), Failure> {
    let report = report(workspace_dir)?;
    println!("{report}");
    if report.is_clean() { Ok(()) } else { Err(Failure::new("the structure is violated, as listed above")) }
}

/// All violations in the workspace.
#[derive(Debug, Default)]
struct Report {
    cycles: Cycles,
    /// One sentence for each use of a layer that is not below, and for each disagreement of table and modules.
    layers: Vec<String>,
}

impl Report {
    fn is_clean(&self) -> bool {
        self.cycles.is_empty() && self.layers.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.cycles)?;
        write!(out, "\n{} violations of the engine's layers", self.layers.len())?;
        self.layers.iter().try_for_each(|violation| write!(out, "\n  {violation}"))
    }
}

fn report(workspace_dir: &Path) -> Result<Report, Failure> {
    let read = |path: &Path| match fs::read_to_string(workspace_dir.join(path)) {
        Ok(source) => Ok(Some(source)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::new(format!("{} cannot be read", path.display())).because(error)),
    };
    let mut report = Report::default();
    for crate_dir in crate_dirs(workspace_dir)? {
        let mut graph = Graph::default();
        for root_path in root_paths(workspace_dir, &crate_dir)? {
            graph.add(&modules::read_crate(&root_path, &read)?);
        }
        if crate_dir == Path::new(ENGINE) {
            report.layers = layer_violations(&graph, ENGINE_LAYERS);
        }
        report.cycles.add(&graph);
    }
    Ok(report)
}

/// The folders of the crates, relative to the workspace.
fn crate_dirs(workspace_dir: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut dirs = list(workspace_dir, Path::new("crates"))?;
    dirs.retain(|dir| workspace_dir.join(dir).join("Cargo.toml").is_file());
    dirs.push(PathBuf::from("src-tauri"));
    Ok(dirs)
}

/// The root files of a crate's library and programs, relative to the workspace.
fn root_paths(workspace_dir: &Path, crate_dir: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut paths = vec![crate_dir.join("src/lib.rs"), crate_dir.join("src/main.rs")];
    let programs_dir = crate_dir.join("src/bin");
    if workspace_dir.join(&programs_dir).is_dir() {
        for path in list(workspace_dir, &programs_dir)? {
            paths.push(path.join("main.rs"));
            paths.push(path);
        }
    }
    paths.retain(|path| workspace_dir.join(path).is_file());
    Ok(paths)
}

/// The sorted entries of a folder, relative to the workspace.
fn list(workspace_dir: &Path, dir: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries = fs::read_dir(workspace_dir.join(dir)).and_then(|entries| {
        entries.map(|entry| Ok(dir.join(entry?.file_name()))).collect::<io::Result<BTreeSet<_>>>()
    });
    entries
        .map(|paths| paths.into_iter().collect())
        .map_err(|error| Failure::new(format!("{} cannot be listed", dir.display())).because(error))
}

/// One sentence for each arrow between top modules that does not lead to a lower layer, and for each module that
/// the table lacks or invents.
fn layer_violations(graph: &Graph, layers: &[&[&str]]) -> Vec<String> {
    let level = |module: &str| layers.iter().position(|layer| layer.contains(&module));
    let modules: BTreeSet<&str> = graph.files().filter_map(|(_, module)| module).collect();
    let unlisted = modules.iter().filter(|module| level(module).is_none());
    let mut violations: Vec<String> =
        unlisted.map(|module| format!("the table of layers lacks the module {module}")).collect();
    let absent = layers.iter().copied().flatten().filter(|module| !modules.contains(*module));
    violations.extend(absent.map(|module| format!("the table of layers names {module}, which is no module")));
    for (from_path, to_path) in graph.arrows() {
        let (Some(from), Some(to)) = (graph.top_module(from_path), graph.top_module(to_path)) else {
            continue;
        };
        let (Some(from_level), Some(to_level)) = (level(from), level(to)) else { continue };
        if from == to || from_level > to_level {
            continue;
        }
        let relation = if from_level == to_level { "is on one layer with" } else { "is below" };
        violations.push(format!(
            "{} uses {}: {from} {relation} {to}",
            from_path.display(),
            to_path.display()
        ));
    }
    violations
}
