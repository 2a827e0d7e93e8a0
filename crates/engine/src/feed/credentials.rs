//! The credentials of a request: what a feed signs in with, and its secrets.

use reqwest::RequestBuilder;
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use url::{Url, form_urlencoded};

use super::failure::Failure;
use super::query::{with_parameter, without_parts};
use crate::config::Auth;
use crate::event::Reason;
use crate::ports::Secrets;
use crate::secrets::{Secret, SecretError};

/// How many times a text is decoded in search of a secret: an address within an address within an address.
const MAX_DECODINGS: usize = 4;
/// The length, in bytes, below which a secret is searched for as a whole word: a short one is part of many others.
const SHORT: usize = 8;

/// The parts with which a request signs in, each with its secret. Not `Debug`, although [`Secret`] would not be printed:
/// nothing prints a request.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Credentials(Vec<(Auth, Secret)>);

impl Credentials {
    /// Reads the secret of each part from the keychain.
    ///
    /// # Errors
    /// [`SecretError`] of the first secret that cannot be read.
    pub async fn read(parts: &[Auth], keychain: &dyn Secrets) -> Result<Self, SecretError> {
        let mut read = Vec::with_capacity(parts.len());
        for part in parts {
            read.push((part.clone(), keychain.get(part.secret_name()).await?));
        }
        Ok(Self(read))
    }

    /// Returns whether there is no part.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the URL to which a request is sent: with the secrets that are query parameters. It is for the request
    /// alone, and must not be kept, logged or shown.
    pub fn address(&self, url: &Url) -> Url {
        let mut address = url.clone();
        for (part, secret) in &self.0 {
            if let Auth::Query { name, .. } = part {
                address = with_parameter(&address, name, secret.expose());
            }
        }
        address
    }

    /// Adds the secrets that are headers, but for cookies.
    ///
    /// # Errors
    /// A [`Failure`] that parks the feed if a header cannot carry a secret.
    pub fn sign(&self, mut builder: RequestBuilder) -> Result<RequestBuilder, Failure> {
        for (part, secret) in &self.0 {
            builder = match part {
                Auth::Bearer { .. } => {
                    builder.header(AUTHORIZATION, value(&format!("Bearer {}", secret.expose()))?)
                }
                Auth::Basic { user, .. } => builder.basic_auth(user, Some(secret.expose())),
                Auth::Header { name, .. } => {
                    let name = HeaderName::from_bytes(name.as_bytes());
                    let name = name.map_err(|_| Failure::park_for_good(Reason::BadHeader))?;
                    builder.header(name, value(secret.expose())?)
                }
                Auth::Query { .. } | Auth::Cookie { .. } => builder,
            };
        }
        Ok(builder)
    }

    /// Returns the header `Cookie` of a request: with the secrets that are cookies, and with those that the server has
    /// set. Of a name that both have, the secret is sent. `None` without cookies.
    ///
    /// # Errors
    /// A [`Failure`] that parks the feed if a cookie cannot carry a secret.
    pub fn cookies(&self, set_by_server: Vec<(String, String)>) -> Result<Option<HeaderValue>, Failure> {
        let mut own = Vec::new();
        for (part, secret) in &self.0 {
            let Auth::Cookie { name, secret: secret_name } = part else { continue };
            if !is_cookie_value(secret.expose()) {
                return Err(Failure::park_for_good(Reason::BadCookie(secret_name.clone())));
            }
            own.push((name.as_str(), secret.expose()));
        }
        cookie_header(&own, set_by_server)
    }

    /// Returns the target of a redirect without the parts of its query that repeat a secret of a query parameter, as
    /// servers do that send everything along. Returns `None` if a secret remains elsewhere in the URL.
    pub fn removed_from(&self, url: &Url) -> Option<Url> {
        let url = without_parts(url, |part| self.is_in(part));
        (!self.is_in(url.as_str())).then_some(url)
    }

    /// Returns whether a text of the server's contains a secret of a query parameter, plain or encoded for a URL. A
    /// server has reasons to repeat the address that it was asked for; it has none to repeat a header.
    pub fn is_in(&self, text: &str) -> bool {
        self.0.iter().any(|(part, secret)| {
            matches!(part, Auth::Query { .. }) && contains_encoded(text, secret.expose())
        })
    }
}

/// Returns the header `Cookie` with these cookies, of which the first of a name wins; `None` without cookies.
///
/// # Errors
/// A [`Failure`] that parks the feed if HTTP cannot carry them.
pub(super) fn cookie_header(
    own: &[(&str, &str)],
    set_by_server: Vec<(String, String)>,
) -> Result<Option<HeaderValue>, Failure> {
    let is_own = |name: &str| own.iter().any(|(own, _)| *own == name);
    let others = set_by_server.iter().filter(|(name, _)| !is_own(name));
    let others = others.map(|(name, value)| (name.as_str(), value.as_str()));
    let all: Vec<String> =
        own.iter().copied().chain(others).map(|(name, value)| format!("{name}={value}")).collect();
    if all.is_empty() { Ok(None) } else { value(&all.join("; ")).map(Some) }
}

/// Returns a header's value, which is never printed.
fn value(text: &str) -> Result<HeaderValue, Failure> {
    let mut value = HeaderValue::from_str(text).map_err(|_| Failure::park_for_good(Reason::BadHeader))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Returns whether a cookie can carry this value (RFC 6265 4.1.1), which may be in double quotes.
fn is_cookie_value(text: &str) -> bool {
    let bare = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    bare.bytes().all(|byte| byte.is_ascii_graphic() && !b"\",;\\".contains(&byte))
}

/// Returns whether a text contains a secret, plain or encoded up to [`MAX_DECODINGS`] times.
fn contains_encoded(text: &str, secret: &str) -> bool {
    if secret.is_empty() {
        return false;
    }
    let mut text = text.to_owned();
    for _ in 0..MAX_DECODINGS {
        if contains(&text, secret) {
            return true;
        }
        // With its separators encoded, the text is a single name.
        let single = text.replace('&', "%26").replace('=', "%3D");
        let decoded = form_urlencoded::parse(single.as_bytes()).map(|(name, _)| name).collect();
        if text == decoded {
            return false;
        }
        text = decoded;
    }
    contains(&text, secret)
}

fn contains(text: &str, secret: &str) -> bool {
    let is_in_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.match_indices(secret).any(|(start, found)| {
        let (before, after) = (&text[..start], &text[start + found.len()..]);
        secret.len() >= SHORT || !is_in_word(before.chars().next_back()) && !is_in_word(after.chars().next())
    })
}

#[cfg(test)]
mod tests;
