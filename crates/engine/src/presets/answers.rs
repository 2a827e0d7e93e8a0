//! Answers to a preset's questions.

use std::collections::BTreeMap;

/// What a person answered, by the key of the question. A list is one text with commas.
pub type Answers = BTreeMap<String, String>;

/// The answers of a preset by their keys. Those without one are absent.
pub(super) type Resolved = BTreeMap<String, Answer>;

/// An answer to one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// The answer as it was given; empty for none.
    pub text: String,
    /// Whether it is a list, its entries apart by commas.
    pub is_list: bool,
    /// Whether it is the preset's own default.
    pub is_default: bool,
}

impl Answer {
    /// Returns the entries of a list, or the answer itself; none where it is empty.
    pub(super) fn entries(&self) -> Vec<&str> {
        let entries: Vec<&str> = if self.is_list { self.text.split(',').collect() } else { vec![&self.text] };
        entries.into_iter().map(str::trim).filter(|entry| !entry.is_empty()).collect()
    }

    /// Returns the answer as JSON: a list or a text. It is also a literal of an expression with the same value, and holds
    /// nothing that a template reads.
    pub(super) fn json(&self) -> String {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let json = match self.is_list {
            true => format!("[{}]", self.entries().into_iter().map(quoted).collect::<Vec<_>>().join(", ")),
            false => quoted(&self.text),
        };
        let mut literal = String::with_capacity(json.len());
        let mut chars = json.chars().peekable();
        while let Some(c) = chars.next() {
            match (c, chars.peek()) {
                ('{', Some('{' | '%' | '#')) => literal.push_str("\\u007b"),
                ('}', Some('}')) => literal.push_str("\\u007d"),
                _ => literal.push(c),
            }
        }
        literal
    }
}
