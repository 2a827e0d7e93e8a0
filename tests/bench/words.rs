//! Command-line arguments.

use std::str::FromStr;

/// Returns the value after `name`, or `otherwise` if it is missing or invalid.
pub fn value<T: FromStr>(words: &[String], name: &str, otherwise: T) -> T {
    let at = words.iter().position(|word| word == name);
    at.and_then(|at| words.get(at + 1)?.parse().ok()).unwrap_or(otherwise)
}
