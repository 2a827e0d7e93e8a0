//! The key `headers` of a feed.

use std::collections::BTreeMap;
use std::fmt;

use reqwest::header::{HeaderName, HeaderValue};

use super::reading::{Placed, Reading};
use crate::secrets::{looks_like_a_secret, quotable};

/// Headers that the receiver sets itself, always.
const RESERVED: [&str; 4] = ["host", "accept-encoding", "last-event-id", "cache-control"];

/// A request header from the file. `Debug` does not print its value.
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    /// Its name, lower case.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Header").field("name", &quotable(&self.name)).finish_non_exhaustive()
    }
}

/// The headers that sign in.
const FOR_SECRETS: [&str; 3] = ["authorization", "cookie", "proxy-authorization"];

impl Header {
    /// Returns whether the header may well hold a secret, by its name or its value.
    pub fn may_hold_a_secret(&self) -> bool {
        let name = self.name.to_ascii_lowercase();
        let is_of_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let is_token = |word: &str| word.chars().all(is_of_token) && looks_like_a_secret(word);
        let mut words = self.value.split_whitespace();
        words.any(is_token) || PARTS_FOR_SECRETS.iter().any(|part| name.contains(part))
    }

    /// Returns whether the header is for a secret.
    pub(crate) fn is_for_a_secret(&self) -> bool {
        FOR_SECRETS.iter().any(|name| self.name.eq_ignore_ascii_case(name))
    }
}

/// Parts of the names of headers that are for secrets.
const PARTS_FOR_SECRETS: [&str; 8] =
    ["auth", "cookie", "key", "password", "secret", "session", "signature", "token"];

/// Checks a header that a feed may send.
///
/// # Errors
///
/// The message for a person, without the value: a name that HTTP does not allow or that Bellwire sets itself, or a value
/// that HTTP cannot carry.
pub fn header(name: &str, value: &str) -> Result<Header, String> {
    let Ok(parsed) = HeaderName::from_bytes(name.as_bytes()) else {
        // What stands here may be a whole header with its value, so it is not quoted.
        return Err("this is not a header name; write it as { Name = \"value\" }".into());
    };
    if is_reserved(&parsed) {
        return Err(format!("Bellwire sets {parsed} itself"));
    }
    if HeaderValue::from_bytes(value.as_bytes()).is_err() {
        return Err(format!(
            "the value of {} holds characters that HTTP cannot carry",
            quotable(parsed.as_str())
        ));
    }
    Ok(Header { name: parsed.as_str().to_owned(), value: value.to_owned() })
}

/// Returns whether Bellwire sets this header itself.
pub(super) fn is_reserved(name: &HeaderName) -> bool {
    RESERVED.contains(&name.as_str())
}

/// Checks all headers of a feed; a problem is at the name of its header. Two that differ in case only are one header,
/// which a request would carry twice.
pub(super) fn read(table: BTreeMap<Placed<String>, String>, reading: &mut Reading<'_>) -> Vec<Header> {
    let mut headers: Vec<Header> = Vec::new();
    let mut table: Vec<_> = table.into_iter().collect();
    table.sort_by_key(|(name, _)| name.span().start);
    for (name, value) in table {
        let read = reading.value(Some(name), |name| match header(&name, &value) {
            Ok(read) if headers.iter().any(|header| header.name == read.name) => {
                Err(format!("headers sets {} twice; leave one out", quotable(&read.name)))
            }
            read => read,
        });
        headers.extend(read);
    }
    headers
}
