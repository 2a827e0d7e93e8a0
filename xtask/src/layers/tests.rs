use std::path::Path;

use super::*;

/// Reads a crate whose files are given as names relative to `src` and their text.
fn graph(files: &[(&str, &str)]) -> Graph {
    let read = |path: &Path| {
        let source = files.iter().find(|(name, _)| Path::new("src").join(name) == path);
        Ok(source.map(|(_, source)| (*source).to_owned()))
    };
    let mut graph = Graph::default();
    let (root_name, _) = files[0];
    graph.add(&modules::read_crate(&Path::new("src").join(root_name), &read).unwrap());
    graph
}

/// The arrows of a crate as `from -> to`, without those that declarations make.
fn uses(files: &[(&str, &str)]) -> Vec<String> {
    let graph = graph(files);
    let name = |path: &Path| path.strip_prefix("src").unwrap().display().to_string();
    let arrows = graph.arrows().filter(|(from, _)| !from.ends_with("lib.rs"));
    arrows.map(|(from, to)| format!("{} -> {}", name(from), name(to))).collect()
}

fn cycles(files: &[(&str, &str)]) -> Cycles {
    let mut cycles = Cycles::default();
    cycles.add(&graph(files));
    cycles
}

#[test]
fn every_way_to_import_makes_an_arrow() {
    for source in [
        "use crate::b::Thing;",
        "use super::b;",
        "use super::{b::{self, c::X}};",
        "pub use crate::{b::*};",
        "use crate::b as other;",
        "fn f() { use crate::b::Thing; }",
        "fn f() -> crate::b::Thing { todo() }",
        "fn f() { super::b::call(); }",
        "fn f() { select! { x = y => { let z = crate::b::call(x); } } }",
        "const N: usize = if cfg!(x) { crate::b::N } else { 0 };",
        "struct S(Vec<crate::b::Thing>);",
        "mod inner { use super::super::b::Thing; }",
        "#[cfg(not(test))] use crate::b::Thing;",
    ] {
        let files = [("lib.rs", "mod a; mod b;"), ("a.rs", source), ("b.rs", "")];
        assert_eq!(uses(&files), ["a.rs -> b.rs"], "{source}");
    }
}

#[test]
fn what_is_not_an_import_makes_no_arrow() {
    for source in [
        "use b::Thing;",
        "use ::b::Thing;",
        "//! [`crate::b::Thing`]",
        "pub(in crate::b) fn f() {}",
        "#[cfg(test)] mod tests { use crate::b::Thing; }",
        "#[cfg(all(test, unix))] mod tests { use crate::b::Thing; }",
        "#[cfg(test)] use crate::b::Thing;",
        "fn f(b: u8) { b.call(); std::b::f(); }",
        "const TEXT: &str = \"crate::b::Thing\";",
        "mod inner { use super::f; } fn f() {}",
    ] {
        let files = [("lib.rs", "mod a; mod b;"), ("a.rs", source), ("b.rs", "")];
        assert!(uses(&files).is_empty(), "{source}");
    }
}

#[test]
fn a_path_leads_to_the_longest_prefix_that_is_a_file() {
    let files = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "use crate::b::c::Deep; use crate::b; fn f() { b::d::call(); }"),
        ("b/mod.rs", "mod c; mod d;"),
        ("b/c.rs", ""),
        ("b/d.rs", ""),
    ];
    let expected =
        ["a.rs -> b/c.rs", "a.rs -> b/d.rs", "a.rs -> b/mod.rs", "b/mod.rs -> b/c.rs", "b/mod.rs -> b/d.rs"];
    assert_eq!(uses(&files), expected);
}

#[test]
fn files_of_two_platforms_with_one_module_name_are_both_read() {
    let files = [
        ("lib.rs", "mod a; mod b; mod c;"),
        (
            "a.rs",
            "#[cfg(unix)] #[path = \"a_unix.rs\"] mod real; #[cfg(not(unix))] #[path = \"a_other.rs\"] mod real;",
        ),
        ("a_unix.rs", "use crate::b::Thing;"),
        ("a_other.rs", "use crate::c::Thing;"),
        ("b.rs", ""),
        ("c.rs", ""),
    ];
    let found = uses(&files);
    assert!(found.contains(&"a_unix.rs -> b.rs".into()), "{found:?}");
    assert!(found.contains(&"a_other.rs -> c.rs".into()), "{found:?}");
}

#[test]
fn two_files_that_import_each_other_are_one_pair() {
    let files = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "use crate::b::B; use crate::b::C;"),
        ("b.rs", "use crate::a::A;"),
    ];
    let cycles = cycles(&files);
    assert_eq!(cycles.pairs, [[PathBuf::from("src/a.rs"), PathBuf::from("src/b.rs")]]);
    assert!(cycles.longer.is_empty());
    assert!(cycles.to_string().starts_with("1 pair of files import each other\n  src/a.rs <-> src/b.rs"));
}

#[test]
fn a_child_that_imports_from_the_file_that_declares_it_is_a_pair() {
    let files = [
        ("lib.rs", "mod a;"),
        ("a.rs", "mod child; mod tests; pub use child::Thing; pub struct Shared;"),
        ("a/child.rs", "use super::Shared;"),
        ("a/tests.rs", "use super::Shared;"),
    ];
    assert_eq!(cycles(&files).pairs, [[PathBuf::from("src/a/child.rs"), PathBuf::from("src/a.rs")]]);
}

#[test]
fn siblings_that_share_what_their_parent_only_declares_are_no_cycle() {
    let files = [
        ("lib.rs", "mod a;"),
        ("a.rs", "mod one; mod two; pub use one::One;"),
        ("a/one.rs", "use super::two::Two;"),
        ("a/two.rs", ""),
    ];
    assert!(cycles(&files).is_empty());
}

#[test]
fn a_cycle_of_three_files_is_reported_once() {
    let files = [
        ("lib.rs", "mod a; mod b; mod c; mod d;"),
        ("a.rs", "use crate::b::B;"),
        ("b.rs", "use crate::c::C;"),
        ("c.rs", "use crate::a::A;"),
        ("d.rs", "use crate::a::A;"),
    ];
    let cycles = cycles(&files);
    assert!(cycles.pairs.is_empty());
    assert_eq!(cycles.longer.len(), 1);
    assert!(cycles.to_string().contains("\n  src/a.rs -> src/b.rs -> src/c.rs -> src/a.rs"), "{cycles}");
}

#[test]
fn a_module_uses_lower_layers_only() {
    let graph = graph(&[
        ("lib.rs", "mod low; mod left; mod right; mod high; pub use high::High;"),
        ("low.rs", "use crate::left::Left;"),
        ("left.rs", "use crate::right::Right;"),
        ("right.rs", "mod part; use crate::low::Low;"),
        ("right/part.rs", "use crate::high::High;"),
        ("high.rs", "use crate::low::Low; use crate::left::Left; use crate::right::part::Part;"),
    ]);
    let expected = [
        "src/left.rs uses src/right.rs: left is on one layer with right",
        "src/low.rs uses src/left.rs: low is below left",
        "src/right/part.rs uses src/high.rs: right is below high",
    ];
    assert_eq!(layer_violations(&graph, &[&["low"], &["left", "right"], &["high"]]), expected);
}

#[test]
fn the_table_of_layers_and_the_modules_must_agree() {
    let graph = graph(&[("lib.rs", "mod known; mod unknown;"), ("known.rs", ""), ("unknown.rs", "")]);
    assert_eq!(
        layer_violations(&graph, &[&["known", "invented"]]),
        [
            "the table of layers lacks the module unknown",
            "the table of layers names invented, which is no module",
        ]
    );
}

#[test]
fn a_declared_file_that_is_missing_is_an_error() {
    let read = |path: &Path| Ok((path == Path::new("src/lib.rs")).then(|| "mod gone;".to_owned()));
    let failure = modules::read_crate(Path::new("src/lib.rs"), &read).unwrap_err();
    assert_eq!(failure.to_string(), "src/gone.rs does not exist");
}
