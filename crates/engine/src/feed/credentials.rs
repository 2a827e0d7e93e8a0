//! The credentials of a request: what a feed signs in with, and its secrets.

use std::sync::Arc;

use reqwest::RequestBuilder;
use reqwest::cookie::{CookieStore, Jar};
use reqwest::header::{AUTHORIZATION, COOKIE, HeaderName, HeaderValue};
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

    /// Adds the secrets that are headers. Cookies become one header, with those that the server has set: of a name that
    /// both have, the secret is sent.
    ///
    /// # Errors
    /// A [`Failure`] that parks the feed if a header or a cookie cannot carry a secret.
    pub fn sign(
        &self,
        mut builder: RequestBuilder,
        url: &Url,
        jar: &Arc<Jar>,
    ) -> Result<RequestBuilder, Failure> {
        let mut cookies = Vec::new();
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
                Auth::Query { .. } => builder,
                Auth::Cookie { name, secret: secret_name } => {
                    if !is_cookie_value(secret.expose()) {
                        return Err(Failure::park_for_good(Reason::BadCookie(secret_name.clone())));
                    }
                    cookies.push((name.as_str(), secret.expose()));
                    builder
                }
            };
        }
        if cookies.is_empty() {
            return Ok(builder);
        }
        let own = cookies.iter().map(|(name, value)| format!("{name}={value}"));
        let set_by_server = jar.cookies(url);
        let set_by_server =
            set_by_server.as_ref().and_then(|header| header.to_str().ok()).unwrap_or_default();
        let others = set_by_server.split("; ").filter(|cookie| {
            let name = cookie.split('=').next().unwrap_or_default();
            !cookie.is_empty() && cookies.iter().all(|(own, _)| *own != name)
        });
        let all: Vec<String> = own.chain(others.map(ToOwned::to_owned)).collect();
        Ok(builder.header(COOKIE, value(&all.join("; "))?))
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
