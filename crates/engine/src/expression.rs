//! The one expression language of the configuration: minijinja expressions, sandboxed.
//!
//! An expression sees one event and nothing else. It has no functions and no filters that could work long on hostile
//! data, its steps are limited, and it is compiled once, when the configuration is read.

use std::fmt;
use std::sync::{Arc, LazyLock};

use minijinja::{Environment, ErrorKind, UndefinedBehavior, Value, context};

/// The most steps of one evaluation: far more than a path into the data needs.
const FUEL: u64 = 10_000;
/// The longest expression, in bytes. The parser's recursion grows with the text.
const MAX_LENGTH: usize = 500;

static SANDBOX: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::empty();
    environment.set_fuel(Some(FUEL));
    // A member of something undefined is undefined, so that `data.a.b` needs no guard.
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    environment
});

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
    #[error("longer than {MAX_LENGTH} bytes; shorten it")]
    TooLong,
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
            return Err(ExpressionError::TooLong);
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
        Ok((!value.is_undefined() && !value.is_none()).then(|| value.to_string()))
    }

    /// Returns whether the expression holds: whether its value is true, or a number, text or list that is neither zero
    /// nor empty.
    ///
    /// # Errors
    /// As [`Expression::text`].
    pub fn holds(&self, scope: &Scope) -> Result<bool, ExpressionError> {
        Ok(self.value(scope)?.is_true())
    }

    fn value(&self, scope: &Scope) -> Result<Value, ExpressionError> {
        self.compiled.eval(&scope.0).map_err(|error| match error.kind() {
            ErrorKind::OutOfFuel => ExpressionError::OutOfFuel,
            _ => ExpressionError::Failed(detail(&error)),
        })
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
    /// where it is JSON, else the same text.
    pub fn event(event_type: &str, id: &str, text: &str) -> Self {
        let data = serde_json::from_str::<Value>(text).unwrap_or_else(|_| Value::from(text));
        Self(context! { data, event => event_type, id, text })
    }
}

fn detail(error: &minijinja::Error) -> String {
    error.detail().map_or_else(|| error.kind().to_string(), str::to_owned)
}

#[cfg(test)]
mod tests;
