//! Where a feed resumes from, and how it says so.

use minijinja::{Environment, Value, context};
use url::Url;

/// The steps that an expression may take: far more than any path needs.
const FUEL: u64 = 10_000;
/// The longest expression, in bytes.
const MAX_EXPRESSION: usize = 500;
/// The longest cursor that is kept, in bytes.
const MAX_CURSOR: usize = 4096;

/// How a feed resumes.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Resume {
    /// By the header `Last-Event-ID`, as the standard says.
    #[default]
    LastEventId,
    /// By a query parameter whose value is computed from each event's data.
    Query {
        /// The parameter's name.
        name: String,
        /// What computes the value.
        cursor: CursorExpression,
    },
    /// Not at all: each connection starts live.
    Off,
}

/// An expression over an event, such as `data.id`, in the language of minijinja.
///
/// It sees `data` (the parsed JSON, or the text where it is none), `event` and `id`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CursorExpression(String);

impl CursorExpression {
    /// The expression, or what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        // The parser's depth grows with the text, and a path is short.
        if text.len() > MAX_EXPRESSION {
            return Err(format!("cursor is longer than {MAX_EXPRESSION} characters"));
        }
        match environment().compile_expression(text) {
            Ok(_) => Ok(Self(text.to_owned())),
            Err(error) => {
                Err(format!("cursor is not an expression: {}", error.detail().unwrap_or("cannot be read")))
            }
        }
    }

    /// The cursor after an event; `None` where the event yields none, or one too long to send.
    pub fn evaluate(&self, event_type: &str, id: &str, data: &str) -> Option<String> {
        let environment = environment();
        let expression = environment.compile_expression(&self.0).ok()?;
        let data = serde_json::from_str::<Value>(data).unwrap_or_else(|_| Value::from(data));
        let value = expression.eval(context! { data, event => event_type, id }).ok()?;
        if value.is_undefined() || value.is_none() {
            return None;
        }
        let text = value.to_string();
        (!text.is_empty() && text.len() <= MAX_CURSOR).then_some(text)
    }
}

/// The address that resumes after `cursor`: the parameter takes the place of one of the same name.
pub(crate) fn with_cursor(url: &Url, name: &str, cursor: &str) -> Url {
    let mut resumed = url.clone();
    let others: Vec<(String, String)> =
        url.query_pairs().into_owned().filter(|(other, _)| other != name).collect();
    resumed.query_pairs_mut().clear().extend_pairs(others).append_pair(name, cursor);
    resumed
}

fn environment() -> Environment<'static> {
    // Without filters and functions: a path needs none, and none can then do long work on hostile data.
    let mut environment = Environment::empty();
    environment.set_fuel(Some(FUEL));
    environment
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor(expression: &str, data: &str) -> Option<String> {
        CursorExpression::parse(expression).ok()?.evaluate("message", "7", data)
    }

    #[test]
    fn a_cursor_is_a_path_into_the_data_or_the_event_itself() {
        assert_eq!(cursor("data.id", r#"{"id":"abc"}"#).as_deref(), Some("abc"));
        assert_eq!(cursor("data.a[1].n", r#"{"a":[0,{"n":12345678901}]}"#).as_deref(), Some("12345678901"));
        assert_eq!(cursor("id", "plain").as_deref(), Some("7"));
        assert_eq!(cursor("data", "plain").as_deref(), Some("plain"));
    }

    #[test]
    fn what_is_missing_null_or_too_long_is_no_cursor() {
        assert_eq!(cursor("data.id", "{}"), None);
        assert_eq!(cursor("data.id", r#"{"id":null}"#), None);
        assert_eq!(cursor("data.id", "not json"), None);
        assert_eq!(cursor("data", &"x".repeat(5000)), None);
    }

    #[test]
    fn nonsense_is_refused_and_endless_work_ends() {
        assert!(CursorExpression::parse("data.").is_err());
        assert_eq!(cursor("range(100000)|length", "1"), None);
        assert!(CursorExpression::parse(&vec!["1"; 20_000].join("+")).is_err());
    }

    #[test]
    fn the_parameter_replaces_its_older_self() {
        let url = Url::parse("https://n.example/t/sse?poll=0&since=all");
        let resumed = url.map(|url| with_cursor(&url, "since", "a b").to_string());
        assert_eq!(resumed.as_deref(), Ok("https://n.example/t/sse?poll=0&since=a+b"));
    }
}
