//! One reading of `config.toml`: its text, its folder, and the problems found so far.

use std::ops::Range;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::problem::{ConfigError, ConfigProblem};

/// A value with its place in the text.
#[derive(Deserialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord)]
#[serde(transparent)]
pub(super) struct Placed<T>(#[schemars(with = "T")] Spanned<T>);

impl<T> Placed<T> {
    /// Returns the value's place, in bytes of the text.
    pub(super) fn span(&self) -> Range<usize> {
        self.0.span()
    }

    /// Returns the value without its place.
    pub(super) fn into_inner(self) -> T {
        self.0.into_inner()
    }
}

/// What is read, and which problems it has.
pub(super) struct Reading<'a> {
    dir: &'a Path,
    text: &'a str,
    problems: Vec<ConfigProblem>,
}

impl<'a> Reading<'a> {
    /// Starts to read a text whose file is in this folder.
    pub(super) fn new(dir: &'a Path, text: &'a str) -> Self {
        Self { dir, text, problems: Vec::new() }
    }

    /// Notes a problem at a place of the text.
    pub(super) fn report(&mut self, span: Range<usize>, message: impl Into<String>) {
        let (line, column) = self.place(span);
        self.problems.push(ConfigProblem { line, column, message: message.into() });
    }

    /// Returns what `read` makes of a value. Where it refuses the value, its message becomes a problem at the value's
    /// place.
    pub(super) fn value<T, U, M: Into<String>>(
        &mut self,
        value: Option<Placed<T>>,
        read: impl FnOnce(T) -> Result<U, M>,
    ) -> Option<U> {
        let value = value?;
        let span = value.span();
        read(value.into_inner()).map_err(|message| self.report(span, message)).ok()
    }

    /// Returns line and column where a place begins, from 1, the column in characters.
    pub(super) fn place(&self, span: Range<usize>) -> (usize, usize) {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |n| n + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }

    /// Returns the path that a relative or absolute path in the text names.
    pub(super) fn path(&self, text: &str) -> PathBuf {
        self.dir.join(text)
    }

    /// Ends the reading.
    ///
    /// # Errors
    ///
    /// All problems in the order of the text, where there is one.
    pub(super) fn finish(mut self) -> Result<(), ConfigError> {
        if self.problems.is_empty() {
            return Ok(());
        }
        self.problems.sort_by_key(|problem| (problem.line, problem.column));
        Err(ConfigError { problems: self.problems })
    }
}
