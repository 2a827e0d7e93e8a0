//! `ui/src/test/golden.ts`: examples of all messages to the window, as they are sent.
//!
//! The file is a TypeScript module and not plain JSON, because the compiler then checks the examples against
//! `ui/src/bindings`, word for word. The window's tests read it, too.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use serde::Serialize;
use serde_json::Value;
use strum::{VariantArray, VariantNames};
use ts_rs::{Config, TS};

use super::error::{BridgeError, ErrorCode};
use super::row::RowBody;
use super::snapshot::{Connection, Mute};
use super::trace::{LineEnd, Lines};

mod log;
mod status;

/// Set in the environment, this writes the file instead of only comparing it:
/// `BELLWIRE_WRITE_GOLDEN=1 cargo test -p bellwire-desktop golden`
const WRITE: &str = "BELLWIRE_WRITE_GOLDEN";

const GOLDEN_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/src/test/golden.ts");

/// 2026-11-21T06:35:31.482Z, in milliseconds since the epoch.
const AT: i64 = 1_795_242_931_482;

/// All examples of one message.
struct Examples {
    /// The message's name in `ui/src/bindings`.
    message: String,
    sent: Vec<Value>,
}

#[test]
fn every_message_to_the_window_is_as_in_the_golden_file() {
    let module = module(&messages());
    if std::env::var_os(WRITE).is_some() {
        fs::write(GOLDEN_FILE, &module).unwrap();
    }
    let golden = fs::read_to_string(GOLDEN_FILE).unwrap();
    for (number, (line, expected)) in module.lines().zip(golden.lines()).enumerate() {
        assert_eq!(line, expected, "line {} of ui/src/test/golden.ts; run again with {WRITE}=1", number + 1);
    }
    let (count, expected) = (module.lines().count(), golden.lines().count());
    assert_eq!(count, expected, "lines of ui/src/test/golden.ts; run again with {WRITE}=1");
}

#[test]
fn the_golden_file_has_every_variant_of_every_message() {
    let messages = messages();
    let words = |message: &str, path: &[&str]| {
        let examples = messages.iter().find(|examples| examples.message == message).unwrap();
        examples.sent.iter().flat_map(|value| words_at(value, path)).collect::<BTreeSet<_>>()
    };
    let all = |names: &'static [&str]| names.iter().copied().collect::<BTreeSet<_>>();
    assert_eq!(words("Row", &["kind"]), all(RowBody::VARIANTS));
    assert_eq!(words("Snapshot", &["feeds", "connection", "state"]), all(Connection::VARIANTS));
    assert_eq!(words("Snapshot", &["mute", "kind"]), all(Mute::VARIANTS));
    assert_eq!(words("Trace", &["lines", "kind"]), all(Lines::VARIANTS));
    assert_eq!(words("Trace", &["lines", "lines", "end"]), all(LineEnd::VARIANTS));
}

/// Returns the words at a path of fields; an array on the way stands for each of its elements.
fn words_at<'a>(value: &'a Value, path: &[&str]) -> Vec<&'a str> {
    match (value, path) {
        (Value::Array(elements), _) => elements.iter().flat_map(|element| words_at(element, path)).collect(),
        (Value::Object(fields), [field, rest @ ..]) => {
            fields.get(*field).map(|value| words_at(value, rest)).unwrap_or_default()
        }
        (Value::String(word), []) => vec![word],
        _ => Vec::new(),
    }
}

fn messages() -> Vec<Examples> {
    vec![
        examples(status::snapshots()),
        examples(log::pages()),
        examples(log::changes()),
        examples(log::rows()),
        examples(log::details()),
        examples(log::traces()),
        examples(status::check_reports()),
        examples(status::known_services()),
        examples(status::recognised_services()),
        examples(errors()),
    ]
}

fn examples<T: Serialize + TS>(sent: Vec<T>) -> Examples {
    let sent = sent.iter().map(|message| serde_json::to_value(message).unwrap()).collect();
    Examples { message: T::ident(&Config::new()), sent }
}

fn errors() -> Vec<BridgeError> {
    ErrorCode::VARIANTS.iter().map(|code| BridgeError::new(*code, "what happened; what to do")).collect()
}

/// Returns the file's text, with one example a line.
fn module(messages: &[Examples]) -> String {
    let mut module = String::from(
        "/** An example of each message of the app, for each of its variants and words. Written by a test of the app. */\n",
    );
    for Examples { message, .. } in messages {
        writeln!(module, "import type {{ {message} }} from '../bindings/{message}';").unwrap();
    }
    module.push_str("\nexport const golden: {\n");
    for Examples { message, .. } in messages {
        writeln!(module, "  {message}: {message}[];").unwrap();
    }
    module.push_str("} = {\n");
    for Examples { message, sent } in messages {
        writeln!(module, "  {message}: [").unwrap();
        for example in sent {
            writeln!(module, "    {example},").unwrap();
        }
        module.push_str("  ],\n");
    }
    module.push_str("};\n");
    module
}
