//! What arrives on a stream in the first seconds, and what it suggests about notifications.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::config::{TypeChoice, is_sign_of_life};
use crate::event::{Incoming, IncomingEvent};

/// How long an open stream is watched. A type that comes more often than every few seconds shows itself within this
/// time, and a person still waits for it.
pub const WATCH: Duration = Duration::from_secs(10);
/// The number of events after its opening at which a stream is watched no longer.
const ENOUGH: u32 = 20;
/// The number of types that are counted each on its own, and of ids that are kept of each.
const KEPT: usize = 20;
/// The shortest time that a rate is computed over, so that a burst does not become an absurd number.
const SHORTEST: Duration = Duration::from_secs(1);
/// How soon the first event comes after the stream opened if it belongs to the opening.
const OPENING_BEGINS: Duration = Duration::from_secs(1);
/// The longest pause within the opening. What a server has kept comes as fast as it can send.
const OPENING_PAUSE: Duration = Duration::from_millis(150);
/// The longest opening: what still pours in after that has a rate.
const OPENING: Duration = Duration::from_secs(5);

/// Counts the events of an open stream by type.
///
/// Many servers begin with what they have kept. That is one burst, and says nothing about how often events come: it is
/// counted, but not for a rate.
#[derive(Debug)]
pub struct Sample {
    opened_at: Duration,
    /// When the last event of the opening came; when the stream opened if there was none.
    opening_ends: Duration,
    types: Vec<Counted>,
    events: u32,
    /// How many of the events came after the opening.
    later: u32,
}

/// The events of one type.
#[derive(Debug)]
struct Counted {
    event_type: String,
    count: u32,
    /// How many of them came as the stream opened.
    opening: u32,
    /// The last event IDs at its first events.
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
    /// How many of them came at once as the stream opened.
    pub opening: u32,
    /// The number of events a minute, if those after the opening go on like this; `None` if there was at most one, which
    /// has no rate.
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
    /// To notify: it came several times, but at most once after the opening of the stream.
    Opening,
    /// Only to log: it came more than once after the opening, which is more than once a minute.
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
        Self { opened_at: at, opening_ends: at, types: Vec::new(), events: 0, later: 0 }
    }

    /// Counts the events among these items, which came at this monotonic time. Returns whether there were any.
    pub fn add(&mut self, items: Vec<Incoming>, now: Duration) -> bool {
        let before = self.events;
        for item in items {
            match item {
                Incoming::Event(event) if !self.is_full() => self.count(event, now),
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
        self.later >= ENOUGH
    }

    /// Returns the number of events so far.
    pub fn events(&self) -> u32 {
        self.events
    }

    /// Returns what was seen until this monotonic time.
    pub fn seen(&self, now: Duration) -> Seen {
        let after_opening = now.saturating_sub(self.opening_ends);
        let types = self.types.iter().map(|counted| counted.seen(after_opening)).collect();
        Seen { watched: now.saturating_sub(self.opened_at), events: self.events, types, ids: self.ids() }
    }

    fn count(&mut self, event: IncomingEvent, now: Duration) {
        let is_first = self.events == 0;
        let is_opening = self.is_opening(now);
        self.events = self.events.saturating_add(1);
        match is_opening {
            true => self.opening_ends = now,
            false => self.later += 1,
        }
        let place = self.types.iter().position(|counted| counted.event_type == event.event_type);
        if place.is_none() && self.types.len() == KEPT {
            return;
        }
        let place = place.unwrap_or_else(|| {
            self.types.push(Counted::none_of(event.event_type, is_first));
            self.types.len() - 1
        });
        let counted = &mut self.types[place];
        counted.count = counted.count.saturating_add(1);
        counted.opening += u32::from(is_opening);
        counted.control += u32::from(event.is_control);
        counted.has_data |= !event.data.is_empty();
        if counted.ids.len() < KEPT {
            counted.ids.push(event.last_event_id);
        }
    }

    /// Tells whether an event that comes now belongs to what the server sends as the stream opens.
    fn is_opening(&self, now: Duration) -> bool {
        let pause = if self.events == 0 { OPENING_BEGINS } else { OPENING_PAUSE };
        self.later == 0
            && now.saturating_sub(self.opening_ends) <= pause
            && now.saturating_sub(self.opened_at) <= OPENING
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
        Self { event_type, count: 0, opening: 0, ids: Vec::new(), control: 0, has_data: false, is_first }
    }

    /// Returns what was seen of it. `watched` is the time since the opening ended.
    fn seen(&self, watched: Duration) -> SeenType {
        let millis = watched.max(SHORTEST).as_millis();
        let per_minute = u32::try_from(u128::from(self.later()) * 60_000 / millis).unwrap_or(u32::MAX);
        SeenType {
            event_type: self.event_type.clone(),
            count: self.count,
            opening: self.opening,
            per_minute: (self.later() > 1).then_some(per_minute),
            advice: self.advice(),
        }
    }

    fn later(&self) -> u32 {
        self.count - self.opening
    }

    fn advice(&self) -> Advice {
        match (self.count, self.later()) {
            _ if self.is_control() => Advice::Control,
            _ if self.event_type == "message" => Advice::Unnamed,
            (0 | 1, _) => Advice::Notify,
            (2.., 0 | 1) => Advice::Opening,
            (2.., 2..) => Advice::Frequent,
        }
    }

    /// Returns whether its events are control events, or the type looks like a sign of life. `open` is a good name for
    /// an event of a door or a ticket too, so it is one only without data, or as the single first event of the stream.
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
            Advice::Notify | Advice::Opening => true,
            Advice::Frequent | Advice::Control | Advice::Unnamed => false,
        }
    }
}

#[cfg(test)]
mod tests;
