use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use super::*;
use crate::config::parse;

/// Set in the environment, this writes the tables of the reference instead of only comparing them:
/// `BELLWIRE_WRITE_REFERENCE=1 cargo test -p bellwire-engine reference`
const WRITE: &str = "BELLWIRE_WRITE_REFERENCE";

const REFERENCE_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration.md");

/// The line of the reference below which the tables are.
const MARK: &str =
    "<!-- Below this line: written from the source, see crates/engine/src/config/keys/tests.rs. -->\n";

const FEED: &str = "[[feed]]\nid = \"a\"\nurl = \"http://a.example\"\n";

/// A table of the file and its keys.
struct Section {
    /// Its heading in TOML; empty for the top of the file.
    heading: String,
    keys: Vec<Key>,
}

struct Key {
    name: String,
    meaning: String,
    default: Option<String>,
    is_required: bool,
}

/// Returns all tables of the file, each before those within it.
fn sections() -> Vec<Section> {
    let mut sections = Vec::new();
    add_sections("", false, &SCHEMA, &mut sections);
    sections
}

fn add_sections(path: &str, is_list: bool, schema: &Value, sections: &mut Vec<Section>) {
    let alternatives = schema.get("anyOf").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    // One table, or a list of such tables: their keys are the same.
    let repeats = |list: &Value| list.get("items").is_some_and(|table| alternatives.contains(table));
    for schema in alternatives.iter().filter(|schema| !repeats(schema)) {
        add_sections(path, is_list, schema, sections);
    }
    if let Some(items) = schema.get("items") {
        add_sections(path, true, items, sections);
    }
    let Some(known) = keys(schema) else { return };
    let heading = match (path, is_list) {
        ("", _) => String::new(),
        (path, false) => format!("[{path}]"),
        (path, true) => format!("[[{path}]]"),
    };
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let keys = known.iter().map(|(name, schema)| {
        let text = schema["description"].as_str().unwrap_or_default().replace('\n', " ");
        let (meaning, default) = match text.split_once(" Default: `") {
            Some((meaning, default)) => {
                (meaning.to_owned(), Some(default.strip_suffix("`.").unwrap().to_owned()))
            }
            None => (text, None),
        };
        Key { name: name.clone(), meaning, default, is_required: required.contains(&name.as_str()) }
    });
    sections.push(Section { heading, keys: keys.collect() });
    for (name, schema) in known {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        add_sections(&path, false, schema, sections);
    }
}

fn tables() -> String {
    let mut text = String::new();
    for section in sections() {
        let heading = match section.heading.as_str() {
            "" => "At the top".to_owned(),
            heading => format!("`{heading}`"),
        };
        write!(text, "\n## {heading}\n\n| key | meaning | default |\n|---|---|---|\n").unwrap();
        for key in section.keys {
            let default = match (key.default, key.is_required) {
                (Some(default), _) => format!(" `{default}` "),
                (None, true) => " required ".to_owned(),
                (None, false) => " ".to_owned(),
            };
            writeln!(text, "| `{}` | {} |{default}|", key.name, key.meaning).unwrap();
        }
    }
    text
}

#[test]
fn the_reference_has_every_key_with_its_meaning_and_default() {
    for section in sections() {
        for key in section.keys {
            assert!(!key.meaning.is_empty(), "{} {} has no documentation", section.heading, key.name);
        }
    }
    let text = fs::read_to_string(REFERENCE_FILE).unwrap();
    let (preface, written) = text.split_once(MARK).unwrap();
    if std::env::var_os(WRITE).is_some() {
        fs::write(REFERENCE_FILE, format!("{preface}{MARK}{}", tables())).unwrap();
        return;
    }
    for (line, expected) in written.lines().zip(tables().lines()) {
        assert_eq!(line, expected, "docs/configuration.md; run again with {WRITE}=1");
    }
    assert_eq!(written, tables(), "docs/configuration.md; run again with {WRITE}=1");
}

#[test]
fn documented_defaults_are_those_of_a_file_without_the_key() {
    let mut count = 0;
    for Section { heading, keys } in sections() {
        let table = match heading.as_str() {
            "[[feed]]" => FEED.to_owned(),
            heading if heading.contains("[feed.") => format!("{FEED}{heading}\n"),
            "" => String::new(),
            heading => format!("{heading}\n"),
        };
        for key in keys {
            let Some(default) = key.default else { continue };
            let text = format!("{table}{} = {default}\n", key.name);
            assert_eq!(parse(&text), parse(&table), "{text}");
            count += 1;
        }
    }
    assert!(count > 10, "{count} defaults are documented");
}

#[test]
fn every_unknown_key_is_reported_with_its_place_and_the_keys_that_are_known_there() {
    let text = format!(
        "{FEED}auth = {{ type = \"bearer\", secret = \"s\", realm = \"r\" }}\n\
         resume = {{ query = \"since\", cursor = \"id\", form = 1 }}\nheaders = {{ X-Any = \"a\" }}\n\
         [[feed.rule]]\n[[feed.rule]]\nwith = 1\n[app]\ncolour = 1\n[colours]\n"
    );
    let found: Vec<String> = parse(&text).unwrap_err().problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "line 4, column 41: unknown key realm; the keys here are type, user, name, secret",
            "line 5, column 44: unknown key form; the keys here are query, cursor",
            "line 9, column 1: unknown key with; the keys here are name, event, when, notify, severity, title, body, link",
            "line 11, column 1: unknown key colour; the keys here are language, theme, close_to_tray",
            "line 12, column 2: unknown key colours; the keys here are version, app, notifications, retention, feed",
        ]
    );
    let text = format!("{FEED}auth = [{{ type = \"bearer\", secret = \"s\", realm = \"r\" }}]\n");
    let found: Vec<String> = parse(&text).unwrap_err().problems.iter().map(ToString::to_string).collect();
    assert_eq!(found, ["line 4, column 42: unknown key realm; the keys here are type, user, name, secret"]);
}

#[test]
fn unknown_keys_are_reported_alongside_a_value_of_the_wrong_kind() {
    let text = "[app]\nclose_to_tray = \"no\"\n[[feed]]\nnmae = \"a\"\n";
    let lines: Vec<usize> = parse(text).unwrap_err().problems.iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [2, 4]);
}

/// Returns values and keys with a secret in them, right and wrong, as TOML.
fn texts_with_a_secret() -> Vec<String> {
    let secrets = [
        "Bearer canary.abc",
        "ghp_canary0123456789ABCDEFabcdef01",
        "https://canary:canary@canary/?canary=canary",
        "canary://canary",
        "http://[canary",
        "data.canary|canary('canary'",
        "{{ canary canary }}",
        "{{ data|canary }}",
        "data|canary",
        "data is canary",
        "{{ canary|canary",
        "canary {% canary %}",
    ];
    // A word is a name where a key is wanted, and may be a password where a value is.
    let words = ["canary", "canary-1"];
    let mut texts: Vec<String> = words
        .iter()
        .flat_map(|word| [format!("\"{word}\""), format!("[\"{word}\"]"), format!("'{word}")])
        .collect();
    for secret in secrets {
        let quoted = format!("\"{secret}\"");
        texts.extend([
            quoted.clone(),
            format!("'{secret}'"),
            format!("[{quoted}]"),
            format!("[[{quoted}]]"),
            format!("{{ {quoted} = 1 }}"),
            format!("{{ {quoted} = {quoted} }}"),
            format!("{{ {quoted} = [{quoted}, 1] }}"),
            format!("{{ Host = {quoted}, \"X Y\" = {quoted}, X-Key = {quoted} }}"),
            format!("[{{ type = {quoted}, secret = 1 }}]"),
            format!("{{ critical = [{quoted}], info = [{quoted}] }}"),
            secret.to_owned(),
            format!("\"{secret}"),
            format!("\"\"\"{secret}"),
            format!("\"\\q {secret}\""),
            format!("\"\\u0000 {secret}\""),
            format!("{quoted} {quoted}"),
            format!("{{ {quoted} "),
            format!("[{quoted} {quoted}]"),
        ]);
    }
    texts.push("-7777777777777777777777".into());
    texts
}

/// Returns files that have a secret in each place where one may stand, by mistake or not.
fn files_with_a_secret() -> Vec<String> {
    let mut files = Vec::new();
    for Section { heading, keys } in sections() {
        let others = |key: &str| {
            let needed: &[(&str, &str)] = match heading.as_str() {
                "[[feed]]" => &[("id", "\"a\""), ("url", "\"http://a.example\"")],
                "[feed.auth]" | "[[feed.auth]]" => {
                    &[("type", "\"header\""), ("name", "\"x\""), ("secret", "\"ops\"")]
                }
                "[feed.subscribe]" => &[("on", "\"hello\""), ("url", "\"/x\"")],
                "[feed.resume]" => &[("query", "\"since\""), ("cursor", "\"data.id\"")],
                _ => &[],
            };
            let others = needed.iter().filter(|(name, _)| *name != key);
            others.map(|(name, value)| format!("{name} = {value}\n")).collect::<String>()
        };
        let start = match heading.as_str() {
            heading if heading.contains("[feed.") => format!("{FEED}{heading}\n"),
            heading => format!("{heading}\n"),
        };
        for text in texts_with_a_secret() {
            for key in &keys {
                files.push(format!("{start}{}{} = {text}\n", others(&key.name), key.name));
            }
            // In the place of a key, once and twice.
            if text.contains("\"canary") || text.contains("'canary") {
                continue;
            }
            files.push(format!("{start}{}{text} = 1\n", others("")));
            files.push(format!("{start}{}{text} = 1\n{text} = 2\n", others("")));
            files.push(format!("{start}{}{text}\n", others("")));
        }
    }
    let clashes = [
        "headers = { ghp_canary0123456789ABCDEFabcdef01 = \"canary\", GHP_canary0123456789ABCDEFabcdef01 = \"canary\" }",
        "headers = { ghp_canary0123456789ABCDEFabcdef01 = \"canary\\n\" }",
        "auth = [{ type = \"query\", name = \"a canary\", secret = \"canary\" }, { type = \"query\", name = \"a canary\", secret = \"b\" }]",
        "auth = { type = \"query\", name = \"a canary\", secret = \"canary\" }\nresume = { query = \"a canary\", cursor = \"data.id\" }",
        "auth = { type = \"header\", name = \"ghp_canary0123456789ABCDEFabcdef01\", secret = \"canary\" }\nheaders = { ghp_canary0123456789ABCDEFabcdef01 = \"canary\" }",
        "auth = { type = \"bearer\", user = \"canary\", name = \"canary\", secret = \"canary\" }",
        "severity = { critical = [\"canary of a type\"], info = [\"canary of a type\"] }",
        "[[feed]]\nid = \"ghp_canary0123456789abcdefabcdef01\"\nurl = \"http://a\"\n[[feed]]\nid = \"ghp_canary0123456789abcdefabcdef01\"\nurl = \"http://a\"",
    ];
    files.extend(clashes.iter().map(|clash| format!("{FEED}{clash}\n")));
    files
}

#[test]
fn no_problem_quotes_a_value_or_a_key_that_may_be_a_secret() {
    let (mut problems, mut quoting) = (0, BTreeMap::new());
    for file in files_with_a_secret() {
        let error = match parse(&file) {
            Err(error) => error,
            Ok(config) => match config.check_files() {
                Err(error) => error,
                Ok(()) => continue,
            },
        };
        for problem in error.problems {
            problems += 1;
            if problem.message.contains("canary") || problem.message.contains("7777") {
                quoting.insert(problem.message, file.clone());
            }
        }
    }
    assert!(quoting.is_empty(), "{quoting:#?}");
    assert!(problems > 5000, "{problems}");
}
