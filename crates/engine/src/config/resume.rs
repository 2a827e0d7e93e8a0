//! How a feed resumes after an interruption.

use crate::expression::Expression;

/// How a feed resumes.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Resume {
    /// By the header `Last-Event-ID` (WHATWG HTML 9.2.4).
    #[default]
    LastEventId,
    /// By a query parameter whose value is computed from each event.
    Query {
        /// The parameter's name.
        name: String,
        /// What computes the value.
        cursor: Expression,
    },
    /// Not at all: each connection starts with what is new.
    Off,
}
