use super::*;

fn package(id: &str, license: &str) -> Value {
    json!({ "id": id, "name": id, "version": "1.0.0", "license": license })
}

fn node(id: &str, deps: &[(&str, Option<&str>)]) -> Value {
    let deps: Vec<Value> =
        deps.iter().map(|(pkg, kind)| json!({ "pkg": pkg, "dep_kinds": [{ "kind": kind }] })).collect();
    json!({ "id": id, "deps": deps })
}

fn references(bill: &Value) -> Vec<&str> {
    list(&bill["components"]).filter_map(|component| component["bom-ref"].as_str()).collect()
}

#[test]
fn the_bill_has_what_the_programs_link_and_the_window_is_built_from() {
    let metadata = json!({
        "packages": [
            package("bellwire-cli", "MIT"), package("bellwire-desktop", "MIT"), package("linked", "MIT/Apache-2.0"),
            package("deep", "MIT"), package("builds", "MIT"), package("tests", "MIT"), package("other", "MIT"),
        ],
        "resolve": { "nodes": [
            node("bellwire-cli", &[("linked", None), ("tests", Some("dev"))]),
            node("bellwire-desktop", &[("builds", Some("build"))]),
            node("linked", &[("deep", None)]),
            node("deep", &[("linked", None)]),
        ] },
    });
    let lock = json!({ "packages": {
        "": { "name": "ui", "version": "0.1.0" },
        "node_modules/svelte": { "version": "5.0.0", "license": "MIT" },
        "node_modules/a/node_modules/@scope/b": { "version": "2.0.0" },
    } });
    let bill = of(&metadata, &lock).unwrap();
    assert_eq!(
        references(&bill),
        [
            "pkg:cargo/bellwire-cli@1.0.0",
            "pkg:cargo/bellwire-desktop@1.0.0",
            "pkg:cargo/deep@1.0.0",
            "pkg:cargo/linked@1.0.0",
            "pkg:npm/%40scope/b@2.0.0",
            "pkg:npm/svelte@5.0.0",
        ]
    );
    assert_eq!(bill["components"][3]["licenses"][0]["expression"], "MIT OR Apache-2.0");
    assert_eq!(
        bill["dependencies"][0],
        json!({ "ref": "pkg:cargo/bellwire-cli@1.0.0", "dependsOn": ["pkg:cargo/linked@1.0.0"] })
    );
}

#[test]
fn a_list_without_a_program_is_refused() {
    let none = json!({ "packages": [], "resolve": { "nodes": [] } });
    assert!(of(&none, &json!({})).unwrap_err().to_string().contains("bellwire-cli"));
}

#[test]
fn the_bill_of_these_sources_names_each_reference_once() {
    let bill = read("x86_64-unknown-linux-gnu").unwrap();
    let references = references(&bill);
    assert_eq!(references.iter().collect::<BTreeSet<_>>().len(), references.len());
    for name in ["pkg:cargo/tauri@", "pkg:cargo/rusqlite@", "pkg:npm/svelte@"] {
        assert!(references.iter().any(|reference| reference.starts_with(name)), "{name}");
    }
    for name in ["pkg:cargo/bellwire-tests@", "pkg:cargo/fantoccini@"] {
        assert!(!references.iter().any(|reference| reference.starts_with(name)), "{name}");
    }
    let refers = list(&bill["dependencies"]).flat_map(|of| list(&of["dependsOn"]));
    for reference in refers {
        assert!(references.contains(&reference.as_str().unwrap()), "{reference}");
    }
}
