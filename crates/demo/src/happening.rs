//! An event of a demo feed.

/// An event as it is sent, without its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    /// The event type.
    pub event_type: &'static str,
    /// A JSON object on one line.
    pub data: String,
}
