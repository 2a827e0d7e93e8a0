//! Expressions, what they see of an event, and why one has no value.

use std::fmt::{self, Write};
use std::sync::Arc;

use minijinja::value::ValueKind;
use minijinja::{ErrorKind, Value, context};

use super::sandbox::{SANDBOX, shown};
use crate::json;

/// The longest expression, in bytes. The parser's recursion grows with the text.
const MAX_LENGTH: usize = 500;

/// The longest text that a product may be, in bytes: far longer than any that is meant.
const MAX_REPEATED: usize = 64 * 1024;

/// A compiled expression. Two are equal when their texts are.
#[derive(Clone)]
pub struct Expression {
    text: Arc<str>,
    compiled: Arc<minijinja::Expression<'static, 'static>>,
}

/// What an expression sees of an event. Its data is parsed once, however many expressions look at it.
pub struct Scope(Value);

/// Why an expression cannot be read or has no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionError {
    /// The text is longer than an expression may be.
    #[error("longer than {0} bytes; shorten it")]
    TooLong(usize),
    /// The text is not an expression.
    #[error("not an expression: {0}")]
    Syntax(String),
    /// The evaluation needed more steps than allowed.
    #[error("needs too many steps; make it simpler")]
    OutOfFuel,
    /// The evaluation failed, as a sum of a number and a text does.
    #[error("cannot be computed: {0}")]
    Failed(String),
}

impl Expression {
    /// Compiles an expression.
    ///
    /// # Errors
    /// [`ExpressionError::TooLong`] beyond 500 bytes, [`ExpressionError::Syntax`] where the text is not an expression.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        if text.len() > MAX_LENGTH {
            return Err(ExpressionError::TooLong(MAX_LENGTH));
        }
        let compiled = SANDBOX.compile_expression_owned(text.to_owned());
        let compiled = compiled.map_err(|error| ExpressionError::Syntax(detail(&error)))?;
        Ok(Self { text: text.into(), compiled: Arc::new(compiled) })
    }

    /// Returns the expression as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Computes the value as text; `None` where it is undefined or null.
    ///
    /// # Errors
    /// [`ExpressionError::OutOfFuel`] and [`ExpressionError::Failed`].
    pub fn text(&self, scope: &Scope) -> Result<Option<String>, ExpressionError> {
        let value = self.value(scope)?;
        Ok((!value.is_undefined() && !value.is_none()).then(|| shown(&value)))
    }

    /// Returns whether the expression holds: whether its value is true, or a number, text or list that is neither zero
    /// nor empty.
    ///
    /// # Errors
    /// As [`Expression::text`].
    pub fn holds(&self, scope: &Scope) -> Result<bool, ExpressionError> {
        Ok(self.value(scope)?.is_true())
    }

    /// Returns the items of a list, each as the text that it would be as an event's data; `None` where the value is no list, or
    /// has more than `limit` items.
    ///
    /// # Errors
    /// As [`Expression::text`].
    pub fn items(&self, scope: &Scope, limit: usize) -> Result<Option<Vec<String>>, ExpressionError> {
        let value = self.value(scope)?;
        if value.kind() != ValueKind::Seq || value.len().is_none_or(|len| len > limit) {
            return Ok(None);
        }
        let items = value.try_iter().map_err(|error| ExpressionError::Failed(detail(&error)))?;
        Ok(Some(items.map(|item| shown(&item)).collect()))
    }

    /// Writes the value; nothing where it is undefined or null. It is left out from where the writer refuses more.
    pub(super) fn write(&self, scope: &Scope, to: &mut impl Write) -> Result<(), ExpressionError> {
        let value = self.value(scope)?;
        if !value.is_undefined() && !value.is_none() {
            let _ = to.write_str(&shown(&value));
        }
        Ok(())
    }

    fn value(&self, scope: &Scope) -> Result<Value, ExpressionError> {
        let value = self.compiled.eval(&scope.0).map_err(|error| match error.kind() {
            ErrorKind::OutOfFuel => ExpressionError::OutOfFuel,
            _ => ExpressionError::Failed(detail(&error)),
        })?;
        // `*` repeats a text or a list as often as a number says, and both may come from the data.
        let is_repeated = match value.as_str() {
            Some(text) => text.len() > MAX_REPEATED && self.text.contains('*'),
            None => value.kind() == ValueKind::Iterable,
        };
        if is_repeated {
            return Err(ExpressionError::Failed(
                "a text or a list is multiplied; only numbers can be".into(),
            ));
        }
        Ok(value)
    }
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Expression {}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Expression({:?})", self.text)
    }
}

impl Scope {
    /// An event: `event` is its type, `id` the last event ID, `text` the data as it came, and `data` the data parsed
    /// where it is JSON of at most 100,000 values, else the same text.
    pub fn event(event_type: &str, id: &str, text: &str) -> Self {
        let data = json::read(text).unwrap_or_else(|| Value::from(text));
        Self(context! { data, event => event_type, id, text })
    }

    /// Adds the event's feed: `feed` is its id, `name` its name for people, `replayed` whether the event came within the
    /// replay of a resumed connection.
    #[must_use]
    pub fn in_feed(self, feed: &str, name: &str, replayed: bool) -> Self {
        Self(context! { feed, name, replayed, ..self.0 })
    }
}

fn detail(error: &minijinja::Error) -> String {
    error.detail().map_or_else(|| error.kind().to_string(), str::to_owned)
}
