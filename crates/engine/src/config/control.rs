//! The keys `each`, `control`, `control_when` and `event_from` of a feed: what an event is, before any rule sees it.

use super::pattern::Pattern;
use crate::event::{Arrival, Incoming, IncomingEvent, Part, ReceivedLines};
use crate::expression::{Expression, Scope};

/// Event types that are only ever signs of life or of the connection. They are control events of each feed
/// that names no others.
const SIGNS_OF_LIFE: [&str; 8] =
    ["ping", "pong", "keepalive", "keep-alive", "heartbeat", "hb", "stream-open", "endpoint"];

/// How a feed's events are read: which type they have, and which are control events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventReading {
    /// Yields the list of which each item becomes an event of its own.
    pub each: Option<Expression>,
    /// Computes the event type from the event, for services that send everything as `message`.
    pub event_from: Option<Expression>,
    /// The event types of control events, in lower case; they match in any case.
    pub control: Vec<Pattern>,
    /// Tells control events by more than their type.
    pub control_when: Option<Expression>,
}

impl Default for EventReading {
    /// Reads events as they come; control events are those that are usually signs of life.
    fn default() -> Self {
        Self { each: None, event_from: None, control: control_types(&SIGNS_OF_LIFE), control_when: None }
    }
}

impl EventReading {
    /// Reads an event: splits it where it carries a list, and gives each part the type that it has for the log and for
    /// rules, and whether it is a control event. Where an expression fails or has no value, the event stays as it came.
    pub(crate) fn read(&self, event: IncomingEvent) -> Vec<IncomingEvent> {
        let mut events = self.split(event);
        for event in &mut events {
            self.judge(event);
        }
        events
    }

    /// Reads the events among these items, as [`EventReading::read`] does.
    pub(crate) fn read_all(&self, items: Vec<Incoming>) -> Vec<Incoming> {
        let mut read = Vec::with_capacity(items.len());
        for item in items {
            match item {
                Incoming::Event(event) => read.extend(self.read(event).into_iter().map(Incoming::Event)),
                other => read.push(other),
            }
        }
        read
    }

    fn split(&self, mut event: IncomingEvent) -> Vec<IncomingEvent> {
        let Some(each) = &self.each else { return vec![event] };
        let scope = Scope::event(&event.event_type, &event.last_event_id, &event.data);
        let items = each.items(&scope, MAX_ITEMS).ok().flatten().unwrap_or_default();
        let Ok(of @ 1..) = u32::try_from(items.len()) else { return vec![event] };
        event.fix_lines();
        let numbered = (1..).zip(items).map(|(number, data)| {
            let lines = match number {
                1 => std::mem::replace(&mut event.arrival.lines, ReceivedLines::OfFirstItem),
                _ => ReceivedLines::OfFirstItem,
            };
            let arrival = Arrival { lines, ..event.arrival.clone() };
            IncomingEvent {
                data,
                part: Some(Part { number, of }),
                arrival,
                event_type: event.event_type.clone(),
                last_event_id: event.last_event_id.clone(),
                ..event
            }
        });
        numbered.collect()
    }

    fn judge(&self, event: &mut IncomingEvent) {
        let is_expressed = self.event_from.is_some() || self.control_when.is_some();
        let scope = is_expressed.then(|| Scope::event(&event.event_type, &event.last_event_id, &event.data));
        let text = |expression: &Option<Expression>| {
            let (expression, scope) = (expression.as_ref()?, scope.as_ref()?);
            expression.text(scope).ok().flatten()
        };
        let is_control = self.control_when.as_ref().zip(scope.as_ref());
        let is_control = is_control.is_some_and(|(when, scope)| when.holds(scope).unwrap_or(false));
        let named = text(&self.event_from).filter(|name| !name.is_empty() && name.len() <= MAX_TYPE);
        if let Some(named) = named.filter(|name| *name != event.event_type) {
            event.fix_lines();
            event.event_type = named;
        }
        event.is_control = is_control || self.is_control_type(&event.event_type);
    }

    fn is_control_type(&self, event_type: &str) -> bool {
        let name = event_type.to_lowercase();
        self.control.iter().any(|pattern| pattern.matches(&name))
    }
}

/// The most items that an event is split into; one with more stays whole.
const MAX_ITEMS: usize = 10_000;

/// The longest event type that is computed, in bytes.
const MAX_TYPE: usize = 4096;

/// Returns whether events of this type are usually signs of life.
pub(crate) fn is_sign_of_life(event_type: &str) -> bool {
    SIGNS_OF_LIFE.iter().any(|name| event_type.eq_ignore_ascii_case(name))
}

/// Returns the patterns of these event types.
pub(super) fn control_types(names: &[impl AsRef<str>]) -> Vec<Pattern> {
    names.iter().map(|name| Pattern::new(&name.as_ref().to_lowercase())).collect()
}

#[cfg(test)]
mod tests;
