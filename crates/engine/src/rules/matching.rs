//! Which rule matches an event, and what its expressions say about it.

use std::cell::OnceCell;

use crate::config::{FeedConfig, Rule, RuleSeverity};
use crate::event::{IncomingEvent, Severity, Texts};
use crate::expression::{ExpressionError, Scope, Template};
use crate::link;

/// An event as rules see it. Its data is read only where an expression looks at it.
pub(super) struct Seen<'a> {
    feed: &'a FeedConfig,
    event: &'a IncomingEvent,
    replayed: bool,
    scope: OnceCell<Scope>,
}

/// A rule that matches.
pub(super) struct Matched<'a> {
    pub rule: &'a Rule,
    /// Why its condition could not be computed; then it counts as matching.
    pub fault: Option<String>,
}

impl<'a> Matched<'a> {
    /// Returns the first rule that matches.
    pub fn first(rules: &'a [Rule], seen: &Seen<'_>) -> Option<Self> {
        rules.iter().find_map(|rule| {
            if !seen.is_named_by(rule) {
                return None;
            }
            let Some(when) = &rule.when else { return Some(Self { rule, fault: None }) };
            match when.holds(seen.scope()) {
                Ok(holds) => holds.then_some(Self { rule, fault: None }),
                Err(error) => Some(Self { rule, fault: Some(fault("when", &error)) }),
            }
        })
    }
}

impl<'a> Seen<'a> {
    /// An event of this feed.
    pub fn new(feed: &'a FeedConfig, event: &'a IncomingEvent, replayed: bool) -> Self {
        Self { feed, event, replayed, scope: OnceCell::new() }
    }

    /// Returns the severity that the rule gives; `None` where it gives none.
    pub fn severity(&self, rule: &Rule, fault: &mut Option<String>) -> Option<Severity> {
        let template = match rule.severity.as_ref()? {
            RuleSeverity::Fixed(severity) => return Some(*severity),
            RuleSeverity::Computed(template) => template,
        };
        let word = self.render("severity", template, fault)?;
        let severity = word.trim().parse();
        if severity.is_err() {
            note(fault, || "severity: expected info, warning or critical".into());
        }
        severity.ok()
    }

    /// Returns the texts that the rule gives; a blank one counts as none.
    pub fn texts(&self, rule: &Rule, fault: &mut Option<String>) -> Texts {
        let mut text = |key, template: &Option<Template>| {
            let text = self.render(key, template.as_ref()?, fault)?;
            (!text.trim().is_empty()).then_some(text)
        };
        let (title, body, link) =
            (text("title", &rule.title), text("body", &rule.body), text("link", &rule.link));
        let url = link.as_deref().and_then(|link| link::web_url(link.trim()));
        if link.is_some() && url.is_none() {
            note(fault, || "link: expected an address that begins with http:// or https://".into());
        }
        Texts { title, body, link: url }
    }

    fn render(&self, key: &str, template: &Template, to: &mut Option<String>) -> Option<String> {
        template.render(self.scope()).map_err(|error| note(to, || fault(key, &error))).ok()
    }

    /// A control event is only matched by a rule that names its type.
    fn is_named_by(&self, rule: &Rule) -> bool {
        let mut patterns = rule.events.iter();
        match (rule.events.is_empty(), self.event.is_control) {
            (true, is_control) => !is_control,
            (false, true) => {
                patterns.any(|pattern| pattern.as_str() != "*" && pattern.matches(&self.event.event_type))
            }
            (false, false) => patterns.any(|pattern| pattern.matches(&self.event.event_type)),
        }
    }

    fn scope(&self) -> &Scope {
        let event = self.event;
        self.scope.get_or_init(|| {
            Scope::event(&event.event_type, &event.last_event_id, &event.data).in_feed(
                self.feed.id.as_str(),
                &self.feed.name,
                self.replayed,
            )
        })
    }
}

/// The first fault is kept.
fn note(kept: &mut Option<String>, fault: impl FnOnce() -> String) {
    if kept.is_none() {
        *kept = Some(fault());
    }
}

fn fault(key: &str, error: &ExpressionError) -> String {
    format!("{key}: {error}")
}
