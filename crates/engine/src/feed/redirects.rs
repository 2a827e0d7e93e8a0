//! Where redirects lead, and what a chain of them means that ends without an event stream.

use std::collections::HashSet;

use reqwest::header::{HeaderMap, LOCATION};
use url::Url;

use super::credentials::Credentials;
use super::failure::{Failure, FollowUp};
use super::fields::single;
use crate::event::{Fault, Reason};

/// The maximum length of a redirect's target, in bytes: common servers reject request lines over 8 KiB.
const MAX_TARGET: usize = 8 * 1024;

/// Parts of paths and first labels of hosts of pages where people sign in.
const SIGN_IN_WORDS: [&str; 12] = [
    "login",
    "signin",
    "logon",
    "sso",
    "saml",
    "saml2",
    "oauth",
    "oauth2",
    "authorize",
    "captive",
    "hotspot",
    "idp",
];
/// First labels of hosts that have such pages only.
const SIGN_IN_HOSTS: [&str; 3] = ["auth", "accounts", "portal"];

/// The redirects of one request.
#[derive(Default)]
pub(super) struct Trail {
    visited: HashSet<Url>,
    /// Whether a target was visited twice.
    is_circle: bool,
    /// Host and path of the first target that looks like a page to sign in, and whether it is of the feed's own origin.
    sign_in_page: Option<(String, bool)>,
}

impl Trail {
    /// Notes that `from` redirects to `target`, which is without secrets.
    pub fn add(&mut self, from: &Url, target: &Url, home: &Url) {
        self.visited.insert(from.clone());
        self.is_circle |= self.visited.contains(target);
        if self.sign_in_page.is_none() && is_sign_in_page(target) {
            self.sign_in_page = Some((place(target), target.origin() == home.origin()));
        }
    }

    /// Returns the failure of a chain that is longer than allowed, and has come to `last`.
    pub fn too_long(&self, last: &Url) -> Failure {
        Failure::park(match self.is_circle {
            true => Reason::RedirectLoop(place(last)),
            false => Reason::Redirect(host_of(last)),
        })
    }

    /// Returns a failure as it is to be understood after these redirects: one that led to a page for people to sign in
    /// means that the request was not signed in.
    pub fn explain(self, failure: Failure, signs_in: bool) -> Failure {
        let is_of_the_answer = matches!(
            failure.reason,
            Reason::WrongType(_)
                | Reason::PageElsewhere(_)
                | Reason::SignIn(_)
                | Reason::SignInRefused(_)
                | Reason::NotFound(_)
                | Reason::Unexpected(_)
                | Reason::Redirect(_)
                | Reason::RedirectLoop(_)
        );
        let Some((page, is_own)) = self.sign_in_page.filter(|_| is_of_the_answer) else { return failure };
        match signs_in {
            true => {
                // The page of another host may be that of a network, which passes sooner than a refused secret.
                let follow_up = if is_own { FollowUp::Refused } else { FollowUp::Park };
                Failure { follow_up, ..Failure::park(Reason::SignInRefusedForPage(page)) }
            }
            false => Failure::park(Reason::SignInPage(page)),
        }
    }
}

/// Returns the target of a redirect as the server gives it; `None` where it gives none.
///
/// # Errors
/// A [`Failure`] where it gives two, or one that is not an address of HTTP or is longer than [`MAX_TARGET`].
pub(super) fn target(headers: &HeaderMap, from: &Url) -> Result<Option<Url>, Failure> {
    let location = single(headers, LOCATION)
        .map_err(|_| Failure::park(Reason::Unreadable(Fault::BadField.with(LOCATION.as_str()))))?;
    let Some(location) = location else { return Ok(None) };
    // As browsers do, bytes beyond ASCII are read as UTF-8; the URL has them percent-encoded.
    let next = std::str::from_utf8(location.as_bytes()).ok().and_then(|text| from.join(text).ok());
    let next = next.filter(|url| matches!(url.scheme(), "http" | "https"));
    match next.filter(|url| url.as_str().len() <= MAX_TARGET) {
        Some(next) => Ok(Some(without_userinfo(next))),
        None => Err(Failure::park(Reason::Redirect(String::new()))),
    }
}

/// Returns the target without the secrets that it repeats in its query.
///
/// # Errors
/// A [`Failure`] where a secret remains in it.
pub(super) fn without_secrets(target: &Url, credentials: &Credentials) -> Result<Url, Failure> {
    credentials.removed_from(target).ok_or_else(|| Failure::park(Reason::Redirect(String::new())))
}

/// Returns the URL without user and password, with which the HTTP client would sign in: a server does not choose them.
fn without_userinfo(mut url: Url) -> Url {
    // Both fail only for URLs that cannot have a host, and one of HTTP always has.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url
}

/// Returns whether a URL looks like that of a page where people sign in.
fn is_sign_in_page(url: &Url) -> bool {
    let is_word = |word: &str| SIGN_IN_WORDS.contains(&word);
    let label = url.domain().and_then(|host| host.split('.').next()).unwrap_or_default();
    let mut parts = url.path().split('/').map(str::to_ascii_lowercase);
    is_word(label)
        || SIGN_IN_HOSTS.contains(&label)
        || parts.any(|part| {
            // `sign_in`, `log-in.html`, `wp-login.php`
            let stem = part.split('.').next().unwrap_or_default();
            is_word(&stem.replace(['-', '_'], "")) || stem.split(['-', '_']).any(is_word)
        })
}

/// Returns the host of a URL, for people.
pub(super) fn host_of(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

/// Returns host and path of a URL, for people: without its query, which may hold a secret, and cut to 100 characters.
fn place(url: &Url) -> String {
    format!("{}{}", host_of(url), url.path()).chars().take(100).collect()
}

#[cfg(test)]
mod tests;
