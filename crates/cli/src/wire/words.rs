//! Values that lines spell out for people.

use std::fmt::Display;

use serde::Serializer;

/// Serializes what a value says to people.
pub fn words<S: Serializer>(value: impl Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&value)
}
