//! The check that keeps the engine free of windows and the SSE decoder free of everything.
//!
//! `crates/` exists because only a crate boundary stops an import; this makes the boundary hold.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;

use serde_json::Value;

use crate::failure::Failure;
use crate::step;

/// Checks the workspace in `workspace_dir`, with all features, on all platforms.
pub fn check(workspace_dir: &Path) -> Result<(), Failure> {
    let mut cargo = step::cargo(&["metadata", "--format-version", "1", "--all-features"]);
    let output = cargo
        .current_dir(workspace_dir)
        .output()
        .map_err(|error| Failure::new("`cargo metadata` did not start").because(error))?;
    if !output.status.success() {
        return Err(Failure::new("`cargo metadata` failed").because(String::from_utf8_lossy(&output.stderr)));
    }
    let metadata = serde_json::from_slice(&output.stdout)
        .map_err(|error| Failure::new("`cargo metadata` printed no JSON").because(error))?;
    let violations = violations(&metadata);
    if violations.is_empty() {
        return Ok(());
    }
    Err(Failure::new("a crate boundary is crossed")
        .because(violations.join("; "))
        .next("move the code to src-tauri, or pass what it needs in from outside"))
}

/// One sentence per crossed boundary, each with the way from the crate to what it must not reach.
fn violations(metadata: &Value) -> Vec<String> {
    let graph = Graph::read(metadata);
    let mut found = Vec::new();
    for (id, dir) in &graph.members {
        let Some(name) = dir.strip_prefix("crates/") else { continue };
        for way in graph.ways_from(id) {
            let reached = way.last().copied().unwrap_or_default();
            if is_window_library(reached) {
                found.push(format!("crates/{name} depends on {reached} ({})", way.join(" -> ")));
            }
        }
        if name == "sse" {
            let direct: Vec<&str> = graph.edges_of(id).map(|to| graph.name(to)).collect();
            found.extend(
                direct.iter().map(|to| format!("crates/sse depends on {to}; it may depend on nothing")),
            );
        }
    }
    found
}

fn is_window_library(name: &str) -> bool {
    const FAMILIES: [&str; 9] =
        ["tauri", "wry", "tao", "muda", "gtk", "gtk4", "gdk", "webkit2gtk", "tray-icon"];
    // notify-rust's way to Windows toasts: from Tauri's people, without Tauri and without a window.
    if name == "tauri-winrt-notification" {
        return false;
    }
    FAMILIES
        .iter()
        .any(|family| name.strip_prefix(family).is_some_and(|rest| rest.is_empty() || rest.starts_with('-')))
}

/// What `cargo metadata` resolved: packages, and what each needs to run or to be built.
struct Graph<'a> {
    names: BTreeMap<&'a str, &'a str>,
    /// Workspace members with their folder, such as `crates/sse`.
    members: Vec<(&'a str, String)>,
    edges: BTreeMap<&'a str, Vec<&'a str>>,
}

impl<'a> Graph<'a> {
    fn read(metadata: &'a Value) -> Self {
        let root = metadata["workspace_root"].as_str().unwrap_or_default();
        let mut graph = Graph { names: BTreeMap::new(), members: Vec::new(), edges: BTreeMap::new() };
        for package in list(&metadata["packages"]) {
            let id = text(&package["id"]);
            graph.names.insert(id, text(&package["name"]));
            let is_member = list(&metadata["workspace_members"]).any(|member| text(member) == id);
            let dir = Path::new(text(&package["manifest_path"])).parent();
            if let Some(dir) = dir.filter(|_| is_member).and_then(|dir| dir.strip_prefix(root).ok()) {
                graph.members.push((id, dir.display().to_string()));
            }
        }
        for node in list(&metadata["resolve"]["nodes"]) {
            let needed = list(&node["deps"])
                .filter(|dep| list(&dep["dep_kinds"]).any(|kind| text(&kind["kind"]) != "dev"))
                .map(|dep| text(&dep["pkg"]));
            graph.edges.insert(text(&node["id"]), needed.collect());
        }
        graph
    }

    fn name(&self, id: &str) -> &'a str {
        self.names.get(id).copied().unwrap_or_default()
    }

    fn edges_of(&self, id: &str) -> impl Iterator<Item = &'a str> {
        self.edges.get(id).into_iter().flatten().copied()
    }

    /// A shortest way, as package names, to every package that `start` reaches.
    fn ways_from(&self, start: &'a str) -> Vec<Vec<&'a str>> {
        let mut seen = BTreeSet::from([start]);
        let mut queue = VecDeque::from([(start, vec![self.name(start)])]);
        let mut ways = Vec::new();
        while let Some((id, way)) = queue.pop_front() {
            for next in self.edges_of(id).filter(|next| seen.insert(next)) {
                let mut longer = way.clone();
                longer.push(self.name(next));
                ways.push(longer.clone());
                queue.push_back((next, longer));
            }
        }
        ways
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::*;

    /// A throwaway workspace of path-only packages, which cargo resolves without a network.
    struct Workspace(PathBuf);

    impl Workspace {
        fn new(name: &str, packages: &[(&str, &str, &str)]) -> Self {
            let dir = std::env::temp_dir().join(format!("boundaries-{}-{name}", std::process::id()));
            let _ = fs::remove_dir_all(&dir);
            let mut members = String::new();
            for (dir_name, package, dependencies) in packages {
                fs::create_dir_all(dir.join(dir_name).join("src")).unwrap();
                fs::write(dir.join(dir_name).join("src/lib.rs"), "").unwrap();
                let manifest = format!(
                    "[package]\nname = \"{package}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n{dependencies}\n"
                );
                fs::write(dir.join(dir_name).join("Cargo.toml"), manifest).unwrap();
                members.push_str(&format!("\"{dir_name}\", "));
            }
            let root = format!("[workspace]\nresolver = \"3\"\nmembers = [{members}]\n");
            fs::write(dir.join("Cargo.toml"), root).unwrap();
            Self(dir)
        }

        fn check(&self) -> String {
            check(&self.0).err().map(|failure| failure.to_string()).unwrap_or_default()
        }
    }

    impl Drop for Workspace {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_window_library_behind_another_crate_on_another_platform_is_caught() {
        let workspace = Workspace::new(
            "window",
            &[
                ("crates/engine", "engine", "[dependencies]\nglue = { path = \"../../glue\" }"),
                (
                    "glue",
                    "glue",
                    "[target.'cfg(windows)'.dependencies]\ntauri-runtime = { path = \"../tauri\", optional = true }",
                ),
                ("tauri", "tauri-runtime", ""),
            ],
        );
        let message = workspace.check();
        assert!(message.contains("engine -> glue -> tauri-runtime"), "{message}");
        assert!(!message.contains("crates/sse"), "{message}");
    }

    #[test]
    fn any_dependency_of_the_decoder_is_caught() {
        let workspace = Workspace::new(
            "decoder",
            &[("crates/sse", "sse", "[dependencies]\nmio = { path = \"../../mio\" }"), ("mio", "mio", "")],
        );
        let message = workspace.check();
        assert!(message.contains("crates/sse depends on mio"), "{message}");
    }

    #[test]
    fn the_app_may_use_windows_and_tests_may_use_anything() {
        let workspace = Workspace::new(
            "allowed",
            &[
                (
                    "src-tauri",
                    "app",
                    "[dependencies]\nwry = { path = \"../wry\" }\nsse = { path = \"../crates/sse\" }",
                ),
                ("crates/sse", "sse", "[dev-dependencies]\nwry = { path = \"../../wry\" }"),
                ("wry", "wry", ""),
            ],
        );
        assert_eq!(workspace.check(), "");
    }

    #[test]
    fn names_that_only_begin_alike_are_no_window_libraries() {
        assert!(is_window_library("gtk-sys") && is_window_library("tauri"));
        assert!(!is_window_library("taos") && !is_window_library("wryte"));
        assert!(!is_window_library("tauri-winrt-notification"));
    }
}
