//! `cases.json`, read so strictly that no expectation can be passed over.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

pub use bellwire_tests::support::client::Received as Expected;

const CASES: &str = include_str!("cases.json");

/// A case for the decoder alone. A field that is not named here is an error.
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
    /// `Some(None)`: the case says that no reconnection time may be taken.
    #[serde(default, deserialize_with = "present")]
    pub expect_retry_ms: Option<Option<u64>>,
    pub expect_last_event_id: Option<String>,

    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "kind")]
    _kind: Kind,
    #[serde(rename = "notes")]
    _notes: String,
    /// The head and the end of the response, and the states of a client: not a decoder's matter.
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

/// A piece as the server writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chunk {
    pub text: String,
    /// A pause means nothing to a decoder.
    #[serde(rename = "after_ms")]
    _after_ms: u64,
}

/// What a case needs to be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Parse,
    Http,
    Reconnect,
    ClientApi,
}

/// How many cases of this kind the file holds.
pub fn count(kind: Kind) -> usize {
    all().iter().filter(|case| kind_of(case) == kind).count()
}

pub fn parse_cases() -> Vec<ParseCase> {
    let cases = all().into_iter().filter(|case| kind_of(case) == Kind::Parse);
    cases
        .map(|case| {
            let name = case["name"].clone();
            serde_json::from_value(case).unwrap_or_else(|error| panic!("{name}: {error}"))
        })
        .collect()
}

/// The cases that need a connection.
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
    /// The body's bytes.
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
