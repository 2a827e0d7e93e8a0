//! The key `resume` of a feed: how it resumes after an interruption.

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::IgnoredAny;

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
        /// The expression that computes the value.
        cursor: Expression,
    },
    /// Not at all: each connection starts with what is new.
    Off,
}

/// The value of `resume`, as it is written.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum ResumeSetting {
    Word(String),
    Query(QueryTable),
    #[schemars(skip)]
    Other(IgnoredAny),
}

/// The keys of a `resume` that is a table.
#[derive(Deserialize, JsonSchema)]
pub(super) struct QueryTable {
    /// The name of the query parameter.
    query: String,
    /// The expression that computes the parameter's value from an event, such as `data.id`: `data` is the event's
    /// data, read as JSON where it is JSON; `event` is its type, `id` its last event ID, `text` its data as it came.
    /// 500 bytes at most.
    cursor: String,
}

impl ResumeSetting {
    /// Checks the value.
    ///
    /// # Errors
    ///
    /// The message for a person.
    pub(super) fn read(self) -> Result<Resume, String> {
        match self {
            ResumeSetting::Word(word) if word == "last-event-id" => Ok(Resume::LastEventId),
            ResumeSetting::Word(word) if word == "none" => Ok(Resume::Off),
            ResumeSetting::Query(table) => match Expression::parse(&table.cursor) {
                Ok(cursor) => Ok(Resume::Query { name: table.query, cursor }),
                Err(error) => Err(format!("cursor: {error}")),
            },
            ResumeSetting::Word(_) | ResumeSetting::Other(IgnoredAny) => {
                Err("expected \"last-event-id\", \"none\" or { query = \"…\", cursor = \"…\" }".into())
            }
        }
    }
}
