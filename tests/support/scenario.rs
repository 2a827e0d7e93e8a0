//! The files in `tests/presets`: what a service is documented to send and to expect, one file for each shape.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// One file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// The preset under test.
    pub preset: String,
    /// Path and query of the address that a person pastes.
    pub address: String,
    /// The answers that the address does not hold.
    #[serde(default)]
    pub set: BTreeMap<String, String>,
    /// Whether the address alone is recognised on a loopback host.
    pub recognised: bool,
    /// What the server insists on.
    pub request: Request,
    /// What the server does with the place of a new request.
    pub replay: Replay,
    /// A second request that must come before events flow.
    pub subscription: Option<Subscription>,
    /// What each connection begins with.
    #[serde(default)]
    pub greeting: Vec<Sign>,
    /// Signs of life during a connection.
    #[serde(default)]
    pub alive: Vec<Sign>,
    /// The events: the first two of a connection, two after a cut, two after a restart.
    pub event: Vec<Sent>,
    /// What Bellwire must say.
    pub says: Says,
}

/// What the server insists on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// Parts of the query, as they are written.
    #[serde(default)]
    pub query: Vec<String>,
    /// Headers, with names in lower case.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The secret.
    pub secret: Option<ExpectedSecret>,
    /// A part of the body.
    pub body_contains: Option<String>,
}

/// Where the secret is expected, and its whole value there.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedSecret {
    /// The header.
    pub header: Option<String>,
    /// The query parameter.
    pub query: Option<String>,
    /// The cookie.
    pub cookie: Option<String>,
    /// The value.
    pub value: String,
}

/// What the server does with the place of a new request.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replay {
    /// Where the place is.
    pub by: PlaceIn,
    /// The query parameter with the place.
    pub parameter: Option<String>,
    /// What an unknown place gets.
    #[serde(default)]
    pub unknown: Unknown,
}

/// Where a request holds its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlaceIn {
    /// In the header `Last-Event-ID`.
    LastEventId,
    /// In a query parameter.
    Query,
    /// Nowhere: the server replays nothing.
    None,
}

/// What a place that the server does not know gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Unknown {
    /// The whole history.
    #[serde(rename = "all")]
    All,
    /// Only what is new.
    #[default]
    #[serde(rename = "nothing")]
    Nothing,
    /// The status 400.
    #[serde(rename = "400")]
    Refused,
}

/// The second request.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subscription {
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// Parts of the body.
    pub body_contains: Vec<String>,
}

/// Something that is no news.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sign {
    /// The lines, without the blank line at the end.
    pub wire: String,
    /// Whether it must be logged as a control event.
    pub quiet: bool,
}

/// An event.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sent {
    /// The lines, without the blank line at the end.
    pub wire: String,
    /// The place by which the server finds it.
    pub place: String,
    /// Its type in the log.
    pub r#type: String,
    /// Whether it notifies.
    pub notify: bool,
    /// The notification's title.
    pub title: Option<String>,
    /// The notification's body.
    pub body: Option<String>,
    /// The notification's severity.
    pub severity: Option<String>,
    /// The notification's link.
    pub link: Option<String>,
    /// The number of rows in the log.
    #[serde(default = "one")]
    pub rows: usize,
}

fn one() -> usize {
    1
}

/// What Bellwire must say.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Says {
    /// What the log shows after a cut.
    pub after_cut: AfterCut,
}

/// What the log shows after a cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum AfterCut {
    /// Every event, once.
    #[serde(rename = "complete")]
    Complete,
    /// A gap row.
    #[serde(rename = "may be missing")]
    MayBeMissing,
    /// The end of the feed: its stream is complete.
    #[serde(rename = "ends")]
    Ends,
}

impl Scenario {
    /// Reads the file of this name.
    pub fn read(name: &str) -> Self {
        let path = dir().join(format!("{name}.toml"));
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Returns the names of all files, in order.
    pub fn names() -> Vec<String> {
        let names = fs::read_dir(dir()).unwrap().map(|entry| entry.unwrap().path());
        let mut names: Vec<String> =
            names.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
        names.sort();
        names
    }
}

fn dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("presets")
}
