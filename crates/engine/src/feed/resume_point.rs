//! Tracks where a feed resumes, and puts it into the next request.

use reqwest::header::HeaderValue;
use url::{Url, form_urlencoded};

use super::query::with_parameter;
use crate::config::Resume;
use crate::event::Incoming;
use crate::expression::Scope;

/// The maximum size of an ID or a cursor as a request carries it, in bytes: common servers reject headers and request
/// lines over 8 KiB, and a server must not choose what the next one refuses.
const MAX_PLACE: usize = 4096;

/// Where a feed resumes.
#[derive(Clone, Debug)]
pub(crate) struct ResumePoint {
    how: Resume,
    /// The last event ID, or the newest cursor if the feed resumes by a query parameter; empty for none.
    after: String,
}

impl ResumePoint {
    /// Creates a resume point after this ID or cursor; empty for none. One that no request can carry counts as none.
    pub fn new(how: Resume, after: String) -> Self {
        let after = if is_sendable(&how, &after) { after } else { String::new() };
        Self { how, after }
    }

    /// Returns the ID or cursor that the next request resumes after; empty for none.
    pub fn after(&self) -> &str {
        &self.after
    }

    /// Returns the last event ID that a new connection's decoder starts with: it is kept across reconnects (WHATWG HTML
    /// 9.2.3).
    pub fn decoder_id(&self) -> &str {
        match self.how {
            Resume::LastEventId => &self.after,
            Resume::Query { .. } | Resume::Off => "",
        }
    }

    /// Returns the value of the header `Last-Event-ID` (WHATWG HTML 9.2.4); `None` if the ID is empty or is not a valid
    /// header value.
    pub fn header(&self) -> Option<HeaderValue> {
        let id = self.decoder_id();
        if id.is_empty() { None } else { HeaderValue::from_bytes(id.as_bytes()).ok() }
    }

    /// Returns the URL of the next request. A cursor replaces a query parameter of the same name.
    pub fn address(&self, url: &Url) -> Url {
        match &self.how {
            Resume::Query { name, .. } if !self.after.is_empty() => with_parameter(url, name, &self.after),
            Resume::Query { .. } | Resume::LastEventId | Resume::Off => url.clone(),
        }
    }

    /// Returns whether the next request asks for the events after the resume point.
    pub fn is_resuming(&self) -> bool {
        match self.how {
            Resume::LastEventId => self.header().is_some(),
            Resume::Query { .. } => !self.after.is_empty(),
            Resume::Off => false,
        }
    }

    /// Returns whether a request that ended at `url`, after redirects, asked for the events after the resume point. The
    /// header goes along with every redirect; a cursor only where the redirect repeats it.
    pub fn was_asked_at(&self, url: &Url) -> bool {
        match &self.how {
            Resume::Query { name, .. } => {
                !self.after.is_empty()
                    && url.query_pairs().any(|(other, value)| other == *name && value == self.after)
            }
            Resume::LastEventId | Resume::Off => self.is_resuming(),
        }
    }

    /// Returns whether the server's response header `Last-Event-ID` shows that its history does not reach back to
    /// the ID that was asked for (Mercure, "Reconciliation").
    pub fn is_missed_by(&self, place: Option<&str>) -> bool {
        let asked = self.decoder_id();
        !asked.is_empty() && place.is_some_and(|place| !place.is_empty() && place != asked)
    }

    /// Returns whether the server's response header `Last-Event-ID` shows that it continues after the ID that was asked
    /// for (Mercure, "Reconciliation").
    pub fn is_confirmed_by(&self, place: Option<&str>) -> bool {
        let asked = self.decoder_id();
        !asked.is_empty() && place == Some(asked)
    }

    /// Forgets the place, and returns it: the next request asks for no events after it.
    pub fn clear(&mut self) -> String {
        std::mem::take(&mut self.after)
    }

    /// Takes a place back that [`ResumePoint::clear`] returned.
    pub fn restore(&mut self, after: String) {
        self.after = after;
    }

    /// Adopts the ID in the server's response header `Last-Event-ID`, if no event has set one yet. Returns whether the
    /// resume point changed.
    pub fn take_place(&mut self, place: &str) -> bool {
        let moves = self.how == Resume::LastEventId
            && self.after.is_empty()
            && !place.is_empty()
            && is_sendable(&self.how, place);
        if moves {
            place.clone_into(&mut self.after);
        }
        moves
    }

    /// Advances the resume point over the items of a connection, and returns the items; each event says whether it is a
    /// place to resume after, which a control event never is. If the feed resumes by a query parameter, an [`Incoming::Id`] with the cursor follows each event that yields one, and the server's own
    /// [`Incoming::Id`]s are removed.
    pub fn take(&mut self, mut items: Vec<Incoming>) -> Vec<Incoming> {
        let how = &self.how;
        let Resume::Query { cursor, .. } = how else {
            for item in &mut items {
                match item {
                    Incoming::Event(event) => {
                        event.is_place = event.explicit_id && !event.is_control;
                        if event.is_place {
                            self.after.clone_from(&event.last_event_id);
                        }
                    }
                    Incoming::Id(id) => self.after.clone_from(id),
                    Incoming::Oversize { last_event_id, .. } => self.after.clone_from(last_event_id),
                    Incoming::Retry(_) | Incoming::Comment(_) => {}
                }
            }
            return items;
        };
        let mut taken = Vec::with_capacity(items.len() * 2);
        for mut item in items {
            let found = match &mut item {
                Incoming::Event(event) if event.is_control => {
                    event.is_place = false;
                    None
                }
                Incoming::Event(event) => {
                    event.is_place = false;
                    let scope = Scope::event(&event.event_type, &event.last_event_id, &event.data);
                    // An expression that fails yields no cursor; the gap row of the next connection gives the reason.
                    cursor.text(&scope).ok().flatten()
                }
                // This feed resumes by a cursor, not by the last event ID.
                Incoming::Id(_) => continue,
                Incoming::Retry(_) | Incoming::Comment(_) | Incoming::Oversize { .. } => None,
            };
            taken.push(item);
            if let Some(found) = found.filter(|text| !text.is_empty() && is_sendable(how, text)) {
                self.after.clone_from(&found);
                taken.push(Incoming::Id(found));
            }
        }
        taken
    }
}

/// Returns whether a request can carry this ID or cursor: 4 KiB at most, encoded as it is sent.
fn is_sendable(how: &Resume, place: &str) -> bool {
    match how {
        Resume::Query { .. } => {
            form_urlencoded::byte_serialize(place.as_bytes()).map(str::len).sum::<usize>() <= MAX_PLACE
        }
        Resume::LastEventId | Resume::Off => place.len() <= MAX_PLACE,
    }
}

#[cfg(test)]
mod tests;
