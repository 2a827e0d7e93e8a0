//! Reads `cases.json`, and rejects unknown fields, so that no expectation is ignored.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

pub use bellwire_tests::support::client::Received as Expected;

const CASES: &str = include_str!("cases.json");

/// A case for the decoder alone. An unknown field is an error.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParseCase {
    pub name: String,
    pub body: Option<String>,
    pub body_hex: Option<String>,
    pub chunks: Option<Vec<Chunk>>,
    pub chunk_size: Option<usize>,
    pub initial_last_event_id: Option<String>,
    pub action: Option<String>,
    pub expect: Vec<Expected>,
    pub expect_comments: Option<Vec<String>>,
    /// `Some(None)` if the case expects that no reconnection time is set.
    #[serde(default, deserialize_with = "present")]
    pub expect_retry_ms: Option<Option<u64>>,
    pub expect_last_event_id: Option<String>,

    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "kind")]
    _kind: Kind,
    #[serde(rename = "notes")]
    _notes: String,
    /// The head and the end of the response and the states of a client do not concern a decoder.
    #[serde(rename = "request_path")]
    _request_path: Option<String>,
    #[serde(rename = "status")]
    _status: u16,
    #[serde(rename = "headers")]
    _headers: Value,
    #[serde(rename = "end")]
    _end: Option<String>,
    #[serde(rename = "expect_lifecycle")]
    _expect_lifecycle: Option<Value>,
}

/// A chunk as the server writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chunk {
    pub text: String,
    /// A pause does not concern a decoder.
    #[serde(rename = "after_ms")]
    _after_ms: u64,
}

/// What a case needs in order to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Parse,
    Http,
    Reconnect,
    ClientApi,
}

/// Returns the number of cases of this kind.
pub fn count(kind: Kind) -> usize {
    all().iter().filter(|case| kind_of(case) == kind).count()
}

/// Returns the cases for the decoder alone.
pub fn parse_cases() -> Vec<ParseCase> {
    let cases = all().into_iter().filter(|case| kind_of(case) == Kind::Parse);
    cases
        .map(|case| {
            let name = case["name"].clone();
            serde_json::from_value(case).unwrap_or_else(|error| panic!("{name}: {error}"))
        })
        .collect()
}

/// Returns the cases that need a connection.
pub fn socket_cases() -> Vec<super::sockets::SocketCase> {
    let cases = all().into_iter().filter(|case| kind_of(case) != Kind::Parse);
    cases
        .map(|case| {
            let name = case["name"].clone();
            serde_json::from_value(case).unwrap_or_else(|error| panic!("{name}: {error}"))
        })
        .collect()
}

impl ParseCase {
    /// Returns the body's bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let bytes = match (&self.body, &self.body_hex) {
            (Some(text), None) => text.clone().into_bytes(),
            (None, Some(hex)) => from_hex(hex),
            _ => panic!("{}: one of body and body_hex", self.name),
        };
        if let Some(chunks) = &self.chunks {
            let joined: String = chunks.iter().map(|chunk| chunk.text.as_str()).collect();
            assert_eq!(joined.as_bytes(), bytes, "{}: the chunks are the body", self.name);
        }
        bytes
    }
}

fn all() -> Vec<Value> {
    serde_json::from_str(CASES).unwrap()
}

fn kind_of(case: &Value) -> Kind {
    serde_json::from_value(case["kind"].clone()).unwrap_or_else(|error| panic!("{}: {error}", case["name"]))
}

fn from_hex(hex: &str) -> Vec<u8> {
    assert!(hex.len().is_multiple_of(2));
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn present<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Option<u64>>, D::Error> {
    Option::deserialize(value).map(Some)
}
