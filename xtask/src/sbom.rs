//! The software bill of materials: what the two programs are made of, as CycloneDX 1.5 (ECMA-424).
//!
//! It is written from the two lock files alone and has neither a time nor a serial number, so the same sources give the
//! same file.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::step;

/// The programs that are bundled.
const PROGRAMS: [&str; 2] = ["bellwire-cli", "bellwire-desktop"];

/// Reads the lock files and returns the bill for programs built for `target`, such as `x86_64-unknown-linux-gnu`.
///
/// # Errors
///
/// When a lock file cannot be read, or does not fit to its manifest.
pub fn read(target: &str) -> Result<Value, Failure> {
    let arguments = ["metadata", "--locked", "--format-version", "1", "--filter-platform", target];
    let metadata = step::output(&mut step::cargo(&arguments)).ok_or_else(|| {
        Failure::new("cargo cannot list the crates").next("`cargo metadata --locked` says why")
    })?;
    let path = step::workspace_dir().join("ui/package-lock.json");
    let lock = fs::read_to_string(&path)
        .map_err(|error| Failure::new(format!("{} cannot be read", path.display())).because(error))?;
    let parse = |text: &str, what: &str| {
        serde_json::from_str(text).map_err(|error| Failure::new(format!("{what} is not JSON")).because(error))
    };
    of(&parse(&metadata, "the list of crates")?, &parse(&lock, "ui/package-lock.json")?)
}

/// Returns the bill of the crates that the programs link, and of the npm packages that the window is built from.
///
/// # Errors
///
/// When one of the programs is not among the crates.
pub fn of(metadata: &Value, npm_lock: &Value) -> Result<Value, Failure> {
    let packages: BTreeMap<&str, &Value> =
        list(&metadata["packages"]).filter_map(|package| Some((package["id"].as_str()?, package))).collect();
    let nodes: BTreeMap<&str, &Value> =
        list(&metadata["resolve"]["nodes"]).filter_map(|node| Some((node["id"].as_str()?, node))).collect();
    let mut open = Vec::new();
    for program in PROGRAMS {
        let found = packages.iter().find(|(_, package)| package["name"] == program);
        open.push(*found.ok_or_else(|| Failure::new(format!("{program} is not among the crates")))?.0);
    }
    let version = &packages[open[0]]["version"];
    let mut linked = BTreeSet::new();
    while let Some(id) = open.pop() {
        if linked.insert(id) {
            open.extend(nodes.get(id).into_iter().flat_map(|node| linked_by(node)));
        }
    }
    let crates = linked.iter().filter_map(|id| packages.get(id));
    let mut components: Vec<Value> = crates.filter_map(|package| crate_component(package)).collect();
    components.extend(npm_components(npm_lock));
    components.sort_by_key(|component| component["bom-ref"].to_string());
    let dependencies: BTreeMap<String, BTreeSet<String>> = linked
        .iter()
        .filter_map(|id| Some((crate_ref(packages.get(id)?)?, nodes.get(id)?)))
        .map(|(own, node)| (own, linked_by(node).filter_map(|id| crate_ref(packages.get(id)?)).collect()))
        .collect();
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": { "type": "application", "name": "bellwire", "version": version } },
        "components": components,
        "dependencies": dependencies
            .iter()
            .map(|(own, others)| json!({ "ref": own, "dependsOn": others }))
            .collect::<Vec<_>>(),
    }))
}

/// Returns the crates that a crate links, without those that only build or test it.
fn linked_by(node: &Value) -> impl Iterator<Item = &str> {
    let is_linked = |dependency: &&Value| list(&dependency["dep_kinds"]).any(|kind| kind["kind"].is_null());
    list(&node["deps"]).filter(is_linked).filter_map(|dependency| dependency["pkg"].as_str())
}

fn crate_ref(package: &Value) -> Option<String> {
    Some(format!("pkg:cargo/{}@{}", package["name"].as_str()?, package["version"].as_str()?))
}

fn crate_component(package: &Value) -> Option<Value> {
    let reference = crate_ref(package)?;
    let mut component = json!({
        "type": "library",
        "bom-ref": reference,
        "name": package["name"],
        "version": package["version"],
        "purl": reference,
    });
    if let Some(license) = package["license"].as_str() {
        // Older crates part licences with a slash, which SPDX does not know.
        component["licenses"] =
            json!([{ "expression": license.replace(" / ", " OR ").replace('/', " OR ") }]);
    }
    Some(component)
}

/// Returns a component for each package of the lock file, where it says what was installed: `node_modules/NAME`.
fn npm_components(lock: &Value) -> Vec<Value> {
    let packages = lock["packages"].as_object().into_iter().flatten();
    let mut components: BTreeMap<String, Value> = BTreeMap::new();
    for (path, package) in packages {
        let (Some((_, name)), Some(version)) =
            (path.rsplit_once("node_modules/"), package["version"].as_str())
        else {
            continue;
        };
        // A purl writes the `@` of a scope encoded (package-url specification, "npm").
        let reference = format!("pkg:npm/{}@{version}", name.replace('@', "%40"));
        let mut component = json!({
            "type": "library",
            "bom-ref": reference,
            "name": name,
            "version": version,
            "purl": reference,
        });
        if let Some(license) = package["license"].as_str() {
            component["licenses"] = json!([{ "expression": license }]);
        }
        components.insert(reference, component);
    }
    components.into_values().collect()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests;
