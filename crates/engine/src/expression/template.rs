//! Texts with expressions in them: `{{ data.service }} is down`.

use std::fmt::{self, Write};

use super::language::{Expression, ExpressionError, Scope};

/// The longest template, in bytes.
const MAX_TEMPLATE: usize = 4096;

/// The longest text that a template makes, in bytes. More is cut: no notification shows as much.
const MAX_RENDERED: usize = 16 * 1024;

/// A text with expressions between `{{` and `}}`. Two are equal when their texts are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    text: String,
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Value(Expression),
}

impl Template {
    /// Compiles a template.
    ///
    /// # Errors
    /// [`ExpressionError::TooLong`] beyond 4,096 bytes or 500 in an expression, [`ExpressionError::Syntax`] where an
    /// expression cannot be read or does not end, and for statements between `{%` and `%}`.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        if text.len() > MAX_TEMPLATE {
            return Err(ExpressionError::TooLong(MAX_TEMPLATE));
        }
        if text.contains("{%") || text.contains("{#") {
            let hint = "only {{ … }} is allowed here, such as {{ data.a if data.a else data.b }}";
            return Err(ExpressionError::Syntax(hint.into()));
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find("{{") {
            if start > 0 {
                parts.push(Part::Text(rest[..start].to_owned()));
            }
            let inner = &rest[start + 2..];
            let end = end_of(inner).ok_or_else(|| ExpressionError::Syntax("{{ has no }}".into()))?;
            parts.push(Part::Value(Expression::parse(inner[..end].trim())?));
            rest = &inner[end + 2..];
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Ok(Self { text: text.to_owned(), parts })
    }

    /// Returns the template as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns whether the template has no expression: it reads the same for every event.
    pub fn is_fixed(&self) -> bool {
        self.parts.iter().all(|part| matches!(part, Part::Text(_)))
    }

    /// Computes the text, cut to 16 KiB. A value that is undefined or null adds nothing.
    ///
    /// # Errors
    /// As [`Expression::text`].
    pub fn render(&self, scope: &Scope) -> Result<String, ExpressionError> {
        let mut rendered = Bounded(String::new());
        for part in &self.parts {
            match part {
                Part::Text(text) => drop(rendered.write_str(text)),
                Part::Value(expression) => expression.write(scope, &mut rendered)?,
            }
        }
        Ok(rendered.0)
    }
}

/// Takes text up to the limit; what is beyond it is an error for the writer, so that it ends early.
struct Bounded(String);

impl Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = MAX_RENDERED - self.0.len();
        if text.len() <= room {
            self.0.push_str(text);
            return Ok(());
        }
        let end = (0..=room).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        self.0.push_str(&text[..end]);
        Err(fmt::Error)
    }
}

/// Returns where the expression ends: at the first `}}` outside quotes and braces.
fn end_of(text: &str) -> Option<usize> {
    let (mut quote, mut braces) = (None, 0_usize);
    let mut is_escaped = false;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            _ if is_escaped => is_escaped = false,
            (Some(_), '\\') => is_escaped = true,
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '{') => braces += 1,
            (None, '}') if braces > 0 => braces -= 1,
            (None, '}') if text[at..].starts_with("}}") => return Some(at),
            (None, _) => {}
        }
    }
    None
}
