//! Words of a command line.

use std::str::FromStr;

/// What follows `name`, or `otherwise` where it is not there or cannot be read.
pub fn value<T: FromStr>(words: &[String], name: &str, otherwise: T) -> T {
    let at = words.iter().position(|word| word == name);
    at.and_then(|at| words.get(at + 1)?.parse().ok()).unwrap_or(otherwise)
}
