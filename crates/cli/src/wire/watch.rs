//! The lines that `watch` prints.

use bellwire_engine::event::{Gap, GapReason, IncomingEvent, Millis, Reason};
use serde::Serialize;
use serde_json::{Map, Value};

use super::words::words;
use crate::time::Utc;

/// What a subscription brought, as `watch` prints it.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(test, derive(strum::VariantNames), strum(serialize_all = "kebab-case"))]
pub enum WatchLine<'a> {
    /// An event.
    Event {
        /// The feed's id; left out for an address.
        #[serde(skip_serializing_if = "Option::is_none")]
        feed: Option<&'a str>,
        /// The event type.
        event: &'a str,
        /// The last event ID at dispatch; empty when none.
        id: &'a str,
        /// The data.
        data: &'a str,
        /// The origin of the final URL.
        origin: &'a str,
        /// When it was received.
        received_at: Utc,
        /// Whether it came within the replay after a resumed connection.
        replayed: bool,
    },
    /// A connection opened.
    Open {
        /// The HTTP status.
        status: u16,
        /// The final URL, without secrets.
        url: &'a str,
        /// The HTTP version.
        http: &'a str,
        /// The response's headers, cookies hidden.
        headers: Map<String, Value>,
        /// When it opened.
        received_at: Utc,
    },
    /// A connection ended or failed; another try follows.
    Reconnecting {
        /// Why, in English.
        #[serde(serialize_with = "words")]
        reason: &'a Reason,
        /// The wait before the next try, in milliseconds.
        in_ms: u64,
        /// Which try failed, from 1.
        attempt: u32,
        /// The last event ID that the next request carries.
        last_event_id: &'a str,
        /// When it ended.
        received_at: Utc,
    },
    /// The server set the reconnection time.
    Retry {
        /// The time that it asked for, in milliseconds.
        ms: u64,
        /// When it was received.
        received_at: Utc,
    },
    /// Events may be missing.
    Gap {
        /// The feed's id; left out for an address.
        #[serde(skip_serializing_if = "Option::is_none")]
        feed: Option<&'a str>,
        /// The last moment at which nothing was missing.
        from: Utc,
        /// The first moment at which nothing is missing again.
        to: Utc,
        /// Why, in English.
        #[serde(serialize_with = "words")]
        reason: GapReason,
        /// When this was noticed.
        received_at: Utc,
    },
    /// A comment in the stream.
    Comment {
        /// The text after the colon.
        text: &'a str,
        /// When it was received.
        received_at: Utc,
    },
    /// The subscription ended.
    Closed {
        /// Why, in English.
        #[serde(serialize_with = "words")]
        reason: &'a Reason,
        /// When it ended.
        received_at: Utc,
    },
}

impl<'a> WatchLine<'a> {
    /// Returns the line for a gap that was noticed at `at`.
    pub fn gap(gap: &Gap, feed: Option<&'a str>, at: Millis) -> Self {
        Self::Gap { feed, from: Utc(gap.from), to: Utc(gap.to), reason: gap.reason, received_at: Utc(at) }
    }

    /// Returns the line for an event that arrived at `at` from `origin`.
    pub fn event(
        event: &'a IncomingEvent,
        feed: Option<&'a str>,
        origin: &'a str,
        at: Millis,
        replayed: bool,
    ) -> Self {
        Self::Event {
            feed,
            event: &event.event_type,
            id: &event.last_event_id,
            data: &event.data,
            origin,
            received_at: Utc(at),
            replayed,
        }
    }
}
