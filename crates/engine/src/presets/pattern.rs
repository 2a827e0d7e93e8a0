//! Patterns by which an address is recognised.

use percent_encoding::percent_decode_str;
use serde::Deserialize;

use super::answers::Answers;

/// A host, or `*.` and the end of one.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct HostPattern(String);

/// A path; `{x}` in place of a segment matches any, and captures it as the answer `x`.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct PathPattern(String);

impl HostPattern {
    /// Returns whether a host matches.
    pub(super) fn matches(&self, host: &str) -> bool {
        match self.0.strip_prefix('*') {
            Some(end) => host.strip_suffix(end).is_some_and(|name| !name.is_empty()),
            None => host == self.0,
        }
    }
}

impl PathPattern {
    /// Returns what a path holds in the places of `{x}`, decoded; `None` where it does not match. A slash at the end of
    /// the path does not count.
    pub(super) fn captures(&self, path: &str) -> Option<Answers> {
        let path = path.strip_suffix('/').unwrap_or(path);
        let (mut expected, mut found) = (self.0.split('/'), path.split('/'));
        let mut captured = Answers::new();
        loop {
            match (expected.next(), found.next()) {
                (None, None) => return Some(captured),
                (Some(expected), Some(found)) => match key_of(expected) {
                    Some(key) if !found.is_empty() => drop(captured.insert(key.to_owned(), decoded(found))),
                    None if expected == found => {}
                    Some(_) | None => return None,
                },
                (Some(_), None) | (None, Some(_)) => return None,
            }
        }
    }
}

/// Returns `x` of `{x}`.
pub(super) fn key_of(part: &str) -> Option<&str> {
    part.strip_prefix('{')?.strip_suffix('}')
}

/// Decodes the percent signs of a text.
fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
