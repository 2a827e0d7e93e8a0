//! What arrives on a stream in the first seconds, and what it suggests about notifications.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::config::{TypeChoice, is_sign_of_life};
use crate::event::{Incoming, IncomingEvent};

/// How long an open stream is watched. A type that comes more often than every few seconds shows itself within this
/// time, and a person still waits for it.
pub const WATCH: Duration = Duration::from_secs(10);
/// The number of events after which a stream is watched no longer. It also bounds the list that a person reads.
const ENOUGH: u32 = 20;
/// The shortest time that a rate is computed over, so that a burst does not become an absurd number.
const SHORTEST: Duration = Duration::from_secs(1);

/// Counts the events of an open stream by type, up to the twentieth.
#[derive(Debug)]
pub struct Sample {
    opened_at: Duration,
    types: Vec<Counted>,
    events: u32,
}

/// The events of one type.
#[derive(Debug)]
struct Counted {
    event_type: String,
    count: u32,
    /// The last event IDs at each of its events.
    ids: Vec<String>,
    /// How many of them the feed's keys take as control events.
    control: u32,
    /// Whether one of them had data.
    has_data: bool,
    /// Whether the stream began with this type.
    is_first: bool,
}

/// What a sample shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The time since the stream opened.
    pub watched: Duration,
    /// The number of events.
    pub events: u32,
    /// The event types, in the order of their first event.
    pub types: Vec<SeenType>,
    /// What the ids show.
    pub ids: Ids,
}

/// One event type of a sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenType {
    /// The event type; `message` where the server named none.
    pub event_type: String,
    /// The number of events.
    pub count: u32,
    /// The number of events a minute, if they go on like this; `None` for a single event, which has no rate.
    pub per_minute: Option<u32>,
    /// What is proposed, and why.
    pub advice: Advice,
}

/// What is proposed for an event type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum Advice {
    /// To notify: it came once.
    Notify,
    /// Only to log: it came more than once, which is more than once a minute.
    Frequent,
    /// Only to log: by its name it is a sign of life, or the beginning of the stream.
    Control,
    /// Only to log, as without rules: the server gave it no name.
    Unnamed,
}

/// What the ids show about resuming. Control events do not count: many servers give them no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum Ids {
    /// Nothing: there was no event, or only control events.
    Unknown,
    /// No event has an id.
    None,
    /// All events have the same id.
    Fixed,
    /// The ids change, as far as was seen: the feed can resume if the server keeps a history.
    Usable,
}

impl Sample {
    /// Starts the sample of a stream that opened at this monotonic time.
    pub fn opened(at: Duration) -> Self {
        Self { opened_at: at, types: Vec::new(), events: 0 }
    }

    /// Counts the events among these items. Returns whether there were any.
    pub fn add(&mut self, items: Vec<Incoming>) -> bool {
        let before = self.events;
        for item in items {
            match item {
                Incoming::Event(event) if !self.is_full() => self.count(event),
                Incoming::Event(_)
                | Incoming::Id(_)
                | Incoming::Retry(_)
                | Incoming::Comment(_)
                | Incoming::Oversize { .. } => {}
            }
        }
        self.events > before
    }

    /// Returns whether further events are not counted.
    pub fn is_full(&self) -> bool {
        self.events >= ENOUGH
    }

    /// Returns the number of events so far.
    pub fn events(&self) -> u32 {
        self.events
    }

    /// Returns what was seen until this monotonic time.
    pub fn seen(&self, now: Duration) -> Seen {
        let watched = now.saturating_sub(self.opened_at);
        let types = self.types.iter().map(|counted| counted.seen(watched)).collect();
        Seen { watched, events: self.events, types, ids: self.ids() }
    }

    fn count(&mut self, event: IncomingEvent) {
        let is_first = self.events == 0;
        self.events += 1;
        let place = self.types.iter().position(|counted| counted.event_type == event.event_type);
        let place = place.unwrap_or_else(|| {
            self.types.push(Counted::none_of(event.event_type, is_first));
            self.types.len() - 1
        });
        let counted = &mut self.types[place];
        counted.count += 1;
        counted.ids.push(event.last_event_id);
        counted.control += u32::from(event.is_control);
        counted.has_data |= !event.data.is_empty();
    }

    fn ids(&self) -> Ids {
        let others = self.types.iter().filter(|counted| !counted.is_control());
        let ids: Vec<&String> = others.flat_map(|counted| &counted.ids).collect();
        let distinct: BTreeSet<&String> = ids.iter().copied().collect();
        match (ids.len(), distinct.len()) {
            (0, _) => Ids::Unknown,
            (_, 1) if ids[0].is_empty() => Ids::None,
            (2.., 1) => Ids::Fixed,
            _ => Ids::Usable,
        }
    }
}

impl Counted {
    fn none_of(event_type: String, is_first: bool) -> Self {
        Self { event_type, count: 0, ids: Vec::new(), control: 0, has_data: false, is_first }
    }

    fn seen(&self, watched: Duration) -> SeenType {
        let millis = watched.max(SHORTEST).as_millis();
        let per_minute = u32::try_from(u128::from(self.count) * 60_000 / millis).unwrap_or(u32::MAX);
        SeenType {
            event_type: self.event_type.clone(),
            count: self.count,
            per_minute: (self.count > 1).then_some(per_minute),
            advice: self.advice(),
        }
    }

    fn advice(&self) -> Advice {
        match self.count {
            _ if self.is_control() => Advice::Control,
            _ if self.event_type == "message" => Advice::Unnamed,
            0 | 1 => Advice::Notify,
            2.. => Advice::Frequent,
        }
    }

    /// Returns whether its events are control events, or the type looks like a sign of life. `open` is a good name for an event of a door or a ticket too,
    /// so it is one only without data, or as the single first event of the stream.
    fn is_control(&self) -> bool {
        let begins_the_stream = self.is_first && self.count == 1;
        let is_open = self.event_type.eq_ignore_ascii_case("open");
        self.control == self.count
            || is_sign_of_life(&self.event_type)
            || is_open && (!self.has_data || begins_the_stream)
    }
}

impl Seen {
    /// Returns what is proposed for each event type, as the rules of a feed need it.
    pub fn proposal(&self) -> Vec<TypeChoice> {
        let choice = |seen: &SeenType| TypeChoice {
            event_type: seen.event_type.clone(),
            notify: seen.advice.notifies(),
        };
        self.types.iter().map(choice).collect()
    }
}

impl Advice {
    /// Returns whether it is proposed to notify.
    pub fn notifies(self) -> bool {
        match self {
            Advice::Notify => true,
            Advice::Frequent | Advice::Control | Advice::Unnamed => false,
        }
    }
}

#[cfg(test)]
mod tests;
