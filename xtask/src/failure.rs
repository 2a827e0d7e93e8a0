//! Why a command stopped, in words for the person who typed it.

use std::fmt;

/// What went wrong, the cause where it is known, and what to do next.
#[derive(Debug)]
pub struct Failure {
    what: String,
    cause: Option<String>,
    next: Option<String>,
}

impl Failure {
    /// A failure of which only `what` is known so far.
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), cause: None, next: None }
    }

    /// Adds the cause, such as an I/O error or the end of a log.
    #[must_use]
    pub fn because(mut self, cause: impl fmt::Display) -> Self {
        self.cause = Some(cause.to_string());
        self
    }

    /// Adds what the person can do about it.
    #[must_use]
    pub fn next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.what)?;
        if let Some(cause) = &self.cause {
            write!(out, ": {cause}")?;
        }
        if let Some(next) = &self.next {
            write!(out, "\n  next: {next}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}
