//! docs/behaviour.md names a test for each line; the test must exist.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::Path;

use crate::failure::Failure;

/// Where tests are written.
const TEST_DIRS: [&str; 4] = ["crates", "tests", "src-tauri", "xtask"];

/// Compares the list with the tests of the workspace.
pub fn check(workspace_dir: &Path) -> Result<(), Failure> {
    let unread = |error| Failure::new("the tests cannot be read").because(error);
    let list = fs::read_to_string(workspace_dir.join("docs/behaviour.md")).map_err(unread)?;
    let mut tests = HashSet::new();
    for dir in TEST_DIRS {
        collect(&workspace_dir.join(dir), &mut tests).map_err(unread)?;
    }
    match missing(&list, &tests).as_slice() {
        [] => Ok(()),
        names => {
            Err(Failure::new("docs/behaviour.md names tests that do not exist").because(names.join(", ")))
        }
    }
}

/// The names in the last column that are no test's. A cell may name several, with commas between them.
fn missing(list: &str, tests: &HashSet<String>) -> Vec<String> {
    let last_column = |line: &str| {
        let cell = line.strip_suffix('|')?.rsplit('|').next()?.trim();
        let names = cell.strip_prefix('`')?.strip_suffix('`')?.split("`, `");
        Some(names.map(str::to_owned).collect::<Vec<_>>())
    };
    list.lines().filter_map(last_column).flatten().filter(|name| !tests.contains(name)).collect()
}

/// Adds the names of all test functions below a folder.
fn collect(dir: &Path, tests: &mut HashSet<String>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, tests)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            tests.extend(names(&fs::read_to_string(&path)?));
        }
    }
    Ok(())
}

/// The functions that follow a test attribute.
fn names(source: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut is_test = false;
    for line in source.lines().map(str::trim) {
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_test = true;
        } else if let Some((_, after)) = line.split_once("fn ").filter(|_| is_test && !line.starts_with('#'))
        {
            names.extend(after.split('(').next().map(str::to_owned));
            is_test = false;
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_whose_test_is_gone_is_found() {
        let source = "#[tokio::test(flavor = \"multi_thread\")]\nasync fn it_holds() {}\nfn helper() {}\n#[test]\nfn so_does_this() {}";
        let tests = names(source).into_iter().collect();
        let list = "| given | when | then | test |\n|---|---|---|---|\n| a | b | c | `it_holds` |\n| a | b | c | `so_does_this`, `helper` |\n";
        assert_eq!(missing(list, &tests), ["helper"]);
    }
}
