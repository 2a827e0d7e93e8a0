//! The tables `[[feed.rule]]`: what a feed's events mean for the desktop.

use schemars::JsonSchema;
use serde::Deserialize;

use super::control::is_sign_of_life;
use super::pattern::Pattern;
use super::reading::{Placed, Reading};
use super::values::words;
use crate::event::Severity;
use crate::expression::{Expression, Template};

/// One rule of a feed.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Rule {
    /// Its name for people.
    pub name: Option<String>,
    /// The event types that it matches; empty for all.
    pub events: Vec<Pattern>,
    /// What must hold besides.
    pub when: Option<Expression>,
    /// Whether a match notifies, or is only logged.
    pub notify: bool,
    /// The severity of a match, in place of the feed's.
    pub severity: Option<RuleSeverity>,
    /// The notification's title, in place of the feed's name and the event type.
    pub title: Option<Template>,
    /// The notification's body, in place of the event's own text.
    pub body: Option<Template>,
    /// An address that the notification offers to open.
    pub link: Option<Template>,
}

/// The severity that a rule gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleSeverity {
    /// The same for each event.
    Fixed(Severity),
    /// One of the words of [`Severity`], computed from the event.
    Computed(Template),
}

impl RuleSeverity {
    /// Returns the severity as it is written.
    pub(super) fn as_str(&self) -> &str {
        match self {
            RuleSeverity::Fixed(severity) => severity.code(),
            RuleSeverity::Computed(template) => template.as_str(),
        }
    }
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
    /// Returns whether any expression of it looks into the events' data.
    pub(super) fn is_expressed(&self) -> bool {
        let texts = [&self.title, &self.body, &self.link].into_iter().any(Option::is_some);
        texts || self.when.is_some() || matches!(self.severity, Some(RuleSeverity::Computed(_)))
    }

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
        let types = |choices: Vec<TypeChoice>| {
            choices.into_iter().map(|choice| Pattern::new(&choice.event_type)).collect()
        };
        let mut rules = Vec::new();
        if !quiet.is_empty() {
            rules.push(Self::log_only(types(quiet)));
        }
        if !noisy.is_empty() {
            rules.push(Self {
                name: Some("notify".into()),
                events: types(noisy),
                notify: true,
                ..Self::default()
            });
        }
        rules
    }

    /// Returns the rule by which these event types notify, whatever the rules after it say.
    pub fn notify_about(types: &[String]) -> Self {
        let events = types.iter().map(|name| Pattern::new(name)).collect();
        Self { name: Some("notify".into()), events, notify: true, ..Self::default() }
    }

    fn log_only(events: Vec<Pattern>) -> Self {
        Self { name: Some("log only".into()), events, ..Self::default() }
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
    /// The event type that the rule matches, or a list of types, with `*` for any text; all where it is left out or empty.
    /// Default: `[]`.
    event: Option<Names>,
    /// An expression that must hold besides, such as `data.region == 'north'`. 500 bytes at most.
    when: Option<Placed<String>>,
    /// Whether an event that matches notifies, or is only logged. Default: `true`.
    notify: Option<bool>,
    /// The severity of an event that matches, in place of the feed's: `"info"`, `"warning"`, `"critical"`, or a template
    /// that yields one of them, such as `"{{ 'critical' if data.priority == 5 else 'info' }}"`.
    severity: Option<Placed<String>>,
    /// A template of the notification's title, such as `"{{ data.service }} is down"`. 4,096 bytes at most.
    title: Option<Placed<String>>,
    /// A template of the notification's body.
    body: Option<Placed<String>>,
    /// A template of an address, `http` or `https`, that the notification offers to open.
    link: Option<Placed<String>>,
}

/// One name or a list of them.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged, expecting = "expected an event type or a list of event types")]
enum Names {
    One(String),
    Many(Vec<String>),
}

impl RuleTable {
    /// Checks the values and fills in the defaults.
    pub(super) fn read(self, reading: &mut Reading<'_>) -> Rule {
        let events = match self.event {
            Some(Names::One(name)) => vec![name],
            Some(Names::Many(names)) => names,
            None => Vec::new(),
        };
        Rule {
            name: self.name,
            events: events.iter().map(|name| Pattern::new(name)).collect(),
            when: reading
                .value(self.when, |text| Expression::parse(&text).map_err(|error| error.to_string())),
            notify: self.notify.unwrap_or(true),
            severity: reading.value(self.severity, severity),
            title: reading.value(self.title, template),
            body: reading.value(self.body, template),
            link: reading.value(self.link, template),
        }
    }
}

fn template(text: String) -> Result<Template, String> {
    Template::parse(&text).map_err(|error| error.to_string())
}

fn severity(text: String) -> Result<RuleSeverity, String> {
    let template = template(text)?;
    if !template.is_fixed() {
        return Ok(RuleSeverity::Computed(template));
    }
    template.as_str().parse().map(RuleSeverity::Fixed).map_err(|_| {
        let names: Vec<&str> = words::<Severity>().map(|(word, _)| word).rev().collect();
        format!("expected one of {}, or a template with {{{{ … }}}}", names.join(", "))
    })
}

#[cfg(test)]
mod tests;
