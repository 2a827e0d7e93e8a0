//! The cookies that a feed's servers have set: kept in memory, for this feed alone, so that a load balancer with sticky
//! sessions sends it to the same server.

use std::sync::{Arc, Mutex, PoisonError};

use cookie::Cookie;
use reqwest::header::{HeaderMap, SET_COOKIE};
use url::{Origin, Url};

use crate::event::Millis;
use crate::ports::Clock;

/// The maximum number of cookies of a feed, over all servers (RFC 6265 6.1 asks for 50 a domain).
const MAX_COOKIES: usize = 50;
/// The maximum size of a feed's cookies as sent, in bytes: common servers reject headers over 8 KiB.
const MAX_BYTES: usize = 8 * 1024;

/// The cookies of one feed.
pub(crate) struct Cookies {
    clock: Arc<dyn Clock>,
    /// The oldest first. One that is set again becomes the newest.
    kept: Mutex<Vec<Kept>>,
}

struct Kept {
    /// Scheme, host and port of the server that set it. It is sent to no other.
    origin: Origin,
    name: String,
    value: String,
    /// The beginning of the paths that it is sent to.
    path: String,
    /// When it expires; `None` for the end of the program.
    expires: Option<Millis>,
}

impl Kept {
    /// Returns its size as sent, with the separator after it.
    fn size(&self) -> usize {
        self.name.len() + self.value.len() + "=; ".len()
    }

    fn is_same(&self, other: &Self) -> bool {
        (&self.origin, &self.name, &self.path) == (&other.origin, &other.name, &other.path)
    }

    /// Returns whether it belongs to a request (RFC 6265 5.1.4).
    fn is_for(&self, url: &Url, now: Millis) -> bool {
        let rest = url.path().strip_prefix(&self.path);
        let is_below =
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || self.path.ends_with('/'));
        self.origin == url.origin() && is_below && self.expires.is_none_or(|at| at > now)
    }
}

impl Cookies {
    /// Starts without cookies.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, kept: Mutex::default() }
    }

    /// Keeps the cookies of a response. Beyond [`MAX_COOKIES`] and [`MAX_BYTES`], the oldest go.
    pub fn take(&self, headers: &HeaderMap, url: &Url) {
        let mut set = headers.get_all(SET_COOKIE).iter().peekable();
        if set.peek().is_none() {
            return;
        }
        let now = self.clock.wall();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        for header in set {
            let text = header.to_str().ok().filter(|text| text.len() <= MAX_BYTES);
            let Some(cookie) = text.and_then(|text| Cookie::parse(text).ok()) else { continue };
            if cookie.secure() == Some(true) && url.scheme() != "https" {
                continue;
            }
            let new = kept_of(&cookie, url, now);
            kept.retain(|old| !old.is_same(&new));
            kept.push(new);
            kept.retain(|cookie| cookie.expires.is_none_or(|at| at > now));
            while kept.len() > MAX_COOKIES || kept.iter().map(Kept::size).sum::<usize>() > MAX_BYTES {
                kept.remove(0);
            }
        }
    }

    /// Returns the cookies for a request to this URL, each as `(name, value)`, those of longer paths first
    /// (RFC 6265 5.4).
    pub fn of(&self, url: &Url) -> Vec<(String, String)> {
        let now = self.clock.wall();
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let mut own: Vec<&Kept> = kept.iter().filter(|cookie| cookie.is_for(url, now)).collect();
        own.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        own.into_iter().map(|cookie| (cookie.name.clone(), cookie.value.clone())).collect()
    }

    /// Forgets all cookies, and returns whether there was one.
    pub fn clear(&self) -> bool {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        !std::mem::take(&mut *kept).is_empty()
    }
}

/// Returns what is kept of a cookie. Its domain is not: it is sent to the server that set it alone.
fn kept_of(cookie: &Cookie<'_>, url: &Url, now: Millis) -> Kept {
    let path = cookie.path().filter(|path| path.starts_with('/'));
    let default_path = || match url.path().rfind('/') {
        None | Some(0) => "/",
        Some(end) => &url.path()[..end],
    };
    let lasts = cookie.max_age().map(|age| now.saturating_add(age.whole_seconds().saturating_mul(1000)));
    let until = cookie.expires_datetime().map(|at| at.unix_timestamp().saturating_mul(1000));
    Kept {
        origin: url.origin(),
        name: cookie.name().to_owned(),
        value: cookie.value().to_owned(),
        path: path.unwrap_or_else(default_path).to_owned(),
        expires: lasts.or(until),
    }
}

#[cfg(test)]
mod tests;
