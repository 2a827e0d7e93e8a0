//! The one expression language of the configuration: minijinja expressions, sandboxed.
//!
//! An expression sees one event and nothing else. It has no functions; its filters, its steps and its results are limited,
//! so that hostile data cannot make it work long; and it is compiled once, when the configuration is read.

mod language;
mod sandbox;
mod template;

pub use language::{Expression, ExpressionError, Scope};
pub use template::Template;

#[cfg(test)]
mod tests;
