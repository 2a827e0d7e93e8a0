//! The tables `[[feed.rule]]`: what a feed's events mean for the desktop.

use schemars::JsonSchema;
use serde::Deserialize;

use super::control::is_sign_of_life;

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

/// What a person wants for one event type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeChoice {
    /// The event type; `message` for events without a name.
    pub event_type: String,
    /// Whether its events notify, or are only logged.
    pub notify: bool,
}

impl Rule {
    /// Returns the rule by which all events are only logged.
    pub fn log_all() -> Self {
        Self::log_only(Vec::new())
    }

    /// Returns the fewest rules for these choices: none for a type that is as it would be without rules. A type that is
    /// not among the choices is not affected.
    pub fn for_choices(choices: Vec<TypeChoice>) -> Vec<Self> {
        let differs = |choice: &TypeChoice| choice.notify != notifies_without_rules(&choice.event_type);
        let (noisy, quiet): (Vec<_>, Vec<_>) =
            choices.into_iter().filter(differs).partition(|choice| choice.notify);
        let types = |choices: Vec<TypeChoice>| choices.into_iter().map(|choice| choice.event_type).collect();
        let mut rules = Vec::new();
        if !quiet.is_empty() {
            rules.push(Self::log_only(types(quiet)));
        }
        if !noisy.is_empty() {
            rules.push(Self { name: Some("notify".into()), events: types(noisy), notify: true });
        }
        rules
    }

    fn log_only(events: Vec<String>) -> Self {
        Self { name: Some("log only".into()), events, notify: false }
    }
}

/// Returns whether events of this type notify where no rule matches and the feed has no keys about control events: the
/// named ones do that are no signs of life.
fn notifies_without_rules(event_type: &str) -> bool {
    event_type != "message" && !is_sign_of_life(event_type)
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

#[cfg(test)]
mod tests;
