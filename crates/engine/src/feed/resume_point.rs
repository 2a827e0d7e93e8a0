//! Where a feed resumes, and how the next request asks for it.

use reqwest::header::HeaderValue;
use url::Url;

use crate::config::Resume;
use crate::event::Incoming;
use crate::expression::Scope;

/// The longest cursor that is kept, in bytes: longer ones fit in no request.
const MAX_CURSOR: usize = 4096;

/// Where a feed resumes: how it does so, and after what.
#[derive(Clone, Debug)]
pub(crate) struct ResumePoint {
    how: Resume,
    /// The last event ID, or where the feed resumes by a query, the newest cursor; empty for none.
    after: String,
}

impl ResumePoint {
    /// Resumes `how`, after this ID or cursor.
    pub fn new(how: Resume, after: String) -> Self {
        Self { how, after }
    }

    /// Returns what the next request resumes after; empty for nothing.
    pub fn after(&self) -> &str {
        &self.after
    }

    /// Returns what a new connection's decoder begins with (WHATWG HTML 9.2.6: the last event ID is kept over
    /// reconnects).
    pub fn decoder_id(&self) -> &str {
        match self.how {
            Resume::LastEventId => &self.after,
            Resume::Query { .. } | Resume::Off => "",
        }
    }

    /// Returns the value of the header `Last-Event-ID`. An empty ID has none, and one that no header can carry is not
    /// sent.
    pub fn header(&self) -> Option<HeaderValue> {
        let id = self.decoder_id();
        if id.is_empty() { None } else { HeaderValue::from_bytes(id.as_bytes()).ok() }
    }

    /// Returns the address of the next request. A cursor replaces a parameter of the same name.
    pub fn address(&self, url: &Url) -> Url {
        match &self.how {
            Resume::Query { name, .. } if !self.after.is_empty() => with_parameter(url, name, &self.after),
            Resume::Query { .. } | Resume::LastEventId | Resume::Off => url.clone(),
        }
    }

    /// Returns whether the next request asks for what came after an earlier connection.
    pub fn is_resuming(&self) -> bool {
        match self.how {
            Resume::LastEventId => self.header().is_some(),
            Resume::Query { .. } => !self.after.is_empty(),
            Resume::Off => false,
        }
    }

    /// Returns whether a server that names this place as its own cannot give what was asked for (Mercure,
    /// "Reconciliation").
    pub fn is_missed_by(&self, place: Option<&str>) -> bool {
        let asked = self.decoder_id();
        !asked.is_empty() && place.is_some_and(|place| !place.is_empty() && place != asked)
    }

    /// Takes the place that a server names at the opening, where no event has given one yet. Returns whether it moved.
    pub fn take_place(&mut self, place: &str) -> bool {
        let moves = self.how == Resume::LastEventId && self.after.is_empty() && !place.is_empty();
        if moves {
            place.clone_into(&mut self.after);
        }
        moves
    }

    /// Moves over what a connection brought. Where the feed resumes by a query, each event that yields a cursor is
    /// followed by it as an [`Incoming::Id`], in place of the standard's own.
    pub fn take(&mut self, items: Vec<Incoming>) -> Vec<Incoming> {
        let Resume::Query { cursor, .. } = &self.how else {
            for item in &items {
                match item {
                    Incoming::Event(event) => self.after.clone_from(&event.last_event_id),
                    Incoming::Id(id) => self.after.clone_from(id),
                    Incoming::Oversize { last_event_id, .. } => self.after.clone_from(last_event_id),
                    Incoming::Retry(_) | Incoming::Comment(_) => {}
                }
            }
            return items;
        };
        let mut taken = Vec::with_capacity(items.len() * 2);
        for item in items {
            let found = match &item {
                Incoming::Event(event) => {
                    let scope = Scope::event(&event.event_type, &event.last_event_id, &event.data);
                    // An expression that fails yields no cursor; the gap row at the next connection says so.
                    cursor.text(&scope).ok().flatten()
                }
                // The standard's own ID is not what this server resumes by.
                Incoming::Id(_) => continue,
                Incoming::Retry(_) | Incoming::Comment(_) | Incoming::Oversize { .. } => None,
            };
            taken.push(item);
            if let Some(found) = found.filter(|text| !text.is_empty() && text.len() <= MAX_CURSOR) {
                self.after.clone_from(&found);
                taken.push(Incoming::Id(found));
            }
        }
        taken
    }
}

fn with_parameter(url: &Url, name: &str, value: &str) -> Url {
    let mut resumed = url.clone();
    let others: Vec<(String, String)> =
        url.query_pairs().into_owned().filter(|(other, _)| other != name).collect();
    resumed.query_pairs_mut().clear().extend_pairs(others).append_pair(name, value);
    resumed
}

#[cfg(test)]
mod tests;
