//! What happens in a feed.

/// An event as it goes on the wire, less its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    /// The event type.
    pub event_type: &'static str,
    /// A JSON object in one line.
    pub data: String,
}
