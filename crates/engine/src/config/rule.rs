//! The tables `[[feed.rule]]`: what a feed's events mean for the desktop.

use schemars::JsonSchema;
use serde::Deserialize;

/// One rule of a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name for people.
    pub name: Option<String>,
    /// The event types that it matches; empty for all.
    pub events: Vec<String>,
    /// Whether a match notifies, or is only logged.
    pub notify: bool,
}

/// The keys of `[[feed.rule]]`.
#[derive(Deserialize, JsonSchema)]
#[serde(expecting = "a table [[feed.rule]]")]
pub(super) struct RuleTable {
    /// A name, which the log shows for each event that the rule decided.
    name: Option<String>,
    /// The event type that the rule matches, or a list of types; all where it is left out or empty. Default: `[]`.
    event: Option<Names>,
    /// Whether an event that matches notifies, or is only logged. Default: `true`.
    notify: Option<bool>,
}

/// One name or a list of them.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged, expecting = "expected an event type or a list of event types")]
enum Names {
    One(String),
    Many(Vec<String>),
}

impl RuleTable {
    /// Fills in the defaults.
    pub(super) fn read(self) -> Rule {
        let events = match self.event {
            Some(Names::One(name)) => vec![name],
            Some(Names::Many(names)) => names,
            None => Vec::new(),
        };
        Rule { name: self.name, events, notify: self.notify.unwrap_or(true) }
    }
}
