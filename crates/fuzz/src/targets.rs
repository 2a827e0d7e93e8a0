//! What is fuzzed.

mod config;
mod decoder;
mod expressions;
mod links;

use crate::target::Target;

/// All targets.
pub static TARGETS: [Target; 4] = [decoder::TARGET, config::TARGET, expressions::TARGET, links::TARGET];
