//! Patterns by which an address is recognised.

use percent_encoding::percent_decode_str;
use serde::Deserialize;
use url::Url;

use super::answers::Answers;

/// A host, or `*.` and the end of one.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct HostPattern(String);

/// A path; `{x}` in place of a segment, or of its beginning, matches any and captures it as the answer `x`. `/**` at the
/// start stands for any folders, and `?x` at the end wants the query parameter `x`.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "String")]
pub(super) struct PathPattern {
    /// The pattern as it is written.
    text: String,
    is_in_any_folder: bool,
    segments: Vec<Segment>,
    parameter: Option<String>,
}

#[derive(Clone, Debug)]
enum Segment {
    Fixed(String),
    /// A captured text, and what follows it.
    Captured {
        key: String,
        end: String,
    },
}

/// Where a path matches a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Matched<'a> {
    /// The segments before those of the pattern, as they are written.
    pub folder: Vec<&'a str>,
    /// What is in the places of `{x}`, decoded.
    pub captured: Answers,
    /// The number of fixed segments of the pattern. Any path matches one without them.
    pub fixed: usize,
}

/// A name, or the beginning of one before `*`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(super) struct NamePattern(String);

impl HostPattern {
    /// Returns whether a host matches.
    pub(super) fn matches(&self, host: &str) -> bool {
        match self.0.strip_prefix('*') {
            Some(end) => host.strip_suffix(end).is_some_and(|name| !name.is_empty()),
            None => host == self.0,
        }
    }
}

impl NamePattern {
    /// Returns whether a name matches.
    pub(super) fn matches(&self, name: &str) -> bool {
        match self.0.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => name == self.0,
        }
    }

    /// Returns the pattern as it is written.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for PathPattern {
    fn from(text: String) -> Self {
        let (path, parameter) = match text.split_once('?') {
            Some((path, parameter)) => (path, Some(parameter.to_owned())),
            None => (text.as_str(), None),
        };
        let (path, is_in_any_folder) = match path.strip_prefix("/**") {
            Some(rest) => (rest, true),
            None => (path, false),
        };
        let segments = segments(path).into_iter().map(Segment::of).collect();
        Self { is_in_any_folder, segments, parameter, text }
    }
}

impl PathPattern {
    /// Returns the pattern for people.
    pub(super) fn shown(&self) -> String {
        let value = if self.parameter.is_some() { "=…" } else { "" };
        format!("{}{value}", self.text.replace("/**", "/…"))
    }

    /// Returns where the path of an address matches; `None` where it does not. The path may lie in folders of the server if
    /// `in_folder`. A slash at the end does not count.
    pub(super) fn matched<'a>(&self, url: &'a Url, in_folder: bool) -> Option<Matched<'a>> {
        let mut folder = segments(url.path());
        let found = folder.split_off(folder.len().checked_sub(self.segments.len())?);
        let may_be_in_folder = in_folder || self.is_in_any_folder;
        let has = |parameter: &String| {
            url.query_pairs().any(|(name, value)| name == parameter.as_str() && !value.is_empty())
        };
        if !folder.is_empty() && !may_be_in_folder || !self.parameter.iter().all(has) {
            return None;
        }
        let mut captured = Answers::new();
        for (expected, found) in self.segments.iter().zip(found) {
            match expected {
                Segment::Fixed(text) if text == found => {}
                Segment::Fixed(_) => return None,
                Segment::Captured { key, end } => {
                    let text = found.strip_suffix(end.as_str()).filter(|text| !text.is_empty())?;
                    captured.insert(key.clone(), decoded(text));
                }
            }
        }
        let fixed = self.segments.iter().filter(|segment| matches!(segment, Segment::Fixed(_))).count();
        Some(Matched { folder, captured, fixed })
    }
}

impl Segment {
    fn of(text: &str) -> Self {
        match text.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            Some((key, end)) => Self::Captured { key: key.into(), end: end.into() },
            None => Self::Fixed(text.into()),
        }
    }
}

/// Returns the segments of a path; none for an empty one. A slash at the end does not count.
pub(super) fn segments(path: &str) -> Vec<&str> {
    let path = path.strip_suffix('/').unwrap_or(path);
    path.split('/').skip(1).collect()
}

/// Returns `x` of `{x}`.
pub(super) fn key_of(part: &str) -> Option<&str> {
    part.strip_prefix('{')?.strip_suffix('}')
}

/// Decodes the percent signs of a text.
fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
