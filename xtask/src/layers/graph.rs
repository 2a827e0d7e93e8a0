//! The files of one crate, and which file imports from which.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::modules::{Modules, Reference};

/// Files as nodes, imports as arrows.
#[derive(Debug, Default)]
pub(super) struct Graph {
    /// Each file with the name of the top module that it belongs to; a crate's root file has none.
    files: BTreeMap<PathBuf, Option<String>>,
    arrows: BTreeSet<(PathBuf, PathBuf)>,
}

impl Graph {
    /// Adds the modules below one root file.
    ///
    /// A file has an arrow to each module that it declares: it makes the child a part of itself, whether or not it
    /// also names what is in there.
    pub(super) fn add(&mut self, modules: &Modules) {
        for (module, paths) in &modules.files {
            for path in paths {
                self.files.insert(path.clone(), module.first().cloned());
            }
        }
        for reference in &modules.references {
            let Some(target) = resolve(reference, modules) else { continue };
            for to_path in longest_module(&target, modules).into_iter().flatten() {
                if *to_path != reference.from_path {
                    self.arrows.insert((reference.from_path.clone(), to_path.clone()));
                }
            }
        }
    }

    pub(super) fn files(&self) -> impl Iterator<Item = (&Path, Option<&str>)> {
        self.files.iter().map(|(path, module)| (path.as_path(), module.as_deref()))
    }

    pub(super) fn arrows(&self) -> impl Iterator<Item = (&Path, &Path)> {
        self.arrows.iter().map(|(from, to)| (from.as_path(), to.as_path()))
    }

    pub(super) fn top_module(&self, path: &Path) -> Option<&str> {
        self.files.get(path)?.as_deref()
    }
}

/// The path from the crate's root that a reference means, or `None` where it leads out of the crate.
fn resolve(reference: &Reference, modules: &Modules) -> Option<Vec<String>> {
    let mut module = reference.module.clone();
    let mut rest = reference.segments.as_slice();
    match rest.first()?.as_str() {
        "crate" => {
            module.clear();
            rest = &rest[1..];
        }
        "self" | "super" => {
            while let Some(first) = rest.first().filter(|first| matches!(first.as_str(), "self" | "super")) {
                if first == "super" {
                    module.pop();
                }
                rest = &rest[1..];
            }
        }
        name => {
            // A name that this file imports, a child module, or another crate.
            let alias = modules.aliases.get(&(reference.from_path.clone(), name.to_owned()));
            // A name may be imported from a crate or module of the same name.
            let alias = alias.filter(|alias| alias.segments.first().is_none_or(|first| first != name));
            if let Some(target) = alias.and_then(|alias| resolve(alias, modules)) {
                module = target;
                rest = &rest[1..];
            } else {
                let mut child = module.clone();
                child.push(name.to_owned());
                modules.files.get(&child)?;
            }
        }
    }
    module.extend(rest.iter().cloned());
    Some(module)
}

/// The files of the longest prefix of `path` that is a module with a file of its own. Two files share a module where
/// each is for one platform.
fn longest_module<'a>(path: &[String], modules: &'a Modules) -> Option<&'a BTreeSet<PathBuf>> {
    (0..=path.len()).rev().find_map(|length| modules.files.get(&path[..length]))
}
