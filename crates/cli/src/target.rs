//! What a command is about: an address as a person types it, or the id of a configured feed.

use std::path::Path;

use bellwire_engine::config::{has_scheme, public_url, typed_url};
use bellwire_engine::feed::Spec;
use bellwire_engine::secrets::looks_like_a_secret;
use url::Url;

use crate::exit::{Failure, printable};
use crate::print;

/// A subscription to what a person named.
pub struct Target {
    /// What to subscribe to, with no position to resume from.
    pub spec: Spec,
    /// The id of the feed; `None` for an address.
    pub feed: Option<String>,
    /// The name for messages: the feed's id, or the address without what may be a secret.
    pub name: String,
}

/// Returns the subscription to an address, or to the feed with this id.
///
/// # Errors
///
/// When the address cannot be used, the configuration cannot be read or has problems, or it has no such feed.
pub fn resolve(home: Option<&Path>, text: &str) -> Result<Target, Failure> {
    if is_address(text) {
        let url = address(text)?;
        let name = public_url(&url);
        return Ok(Target { spec: Spec::at(url), feed: None, name });
    }
    let config = crate::check::load(home)?;
    let feed = config.feeds.iter().find(|feed| feed.id.as_str() == text).ok_or_else(|| {
        if looks_like_a_secret(text) {
            return Failure::usage(
                "what was given is not the id of a configured feed; list the feeds with `bellwire feed list`",
            );
        }
        Failure::usage(format!(
            "{:?} is not the id of a configured feed; list the feeds with `bellwire feed list`. To name a host, write \
             {}",
            printable(text),
            printable(&typed_url(text).map_or_else(|_| "https://HOST/PATH".into(), String::from))
        ))
    })?;
    let id = feed.id.to_string();
    Ok(Target { spec: Spec::of(feed), feed: Some(id.clone()), name: id })
}

/// Returns the URL of an address as a person typed it, and prints what was made of one without a scheme.
///
/// # Errors
///
/// When it cannot be a feed's address.
pub fn address(text: &str) -> Result<Url, Failure> {
    let url = typed_url(text).map_err(Failure::usage)?;
    if !has_scheme(text) {
        let other = if url.scheme() == "https" { "http" } else { "https" };
        print::note(&format!("taken as {}; write {other}:// before it for {other}", public_url(&url)));
    }
    Ok(url)
}

/// Returns whether a text is an address: an id of a feed has none of these signs.
fn is_address(text: &str) -> bool {
    text.contains(['.', ':', '/'])
}
