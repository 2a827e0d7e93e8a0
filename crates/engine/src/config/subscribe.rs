//! The key `subscribe` of a feed: a request that tells the server what to send on a connection.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

use super::headers::{self, Header};
use super::naming::public_url;
use super::reading::{Placed, Reading};
use super::values;
use crate::expression::Template;

/// A request that is sent after a certain event of each connection.
#[derive(Clone, PartialEq, Eq)]
pub struct Subscribe {
    /// The type of the event that it follows.
    pub on: String,
    /// Its address, of the same origin as the feed's.
    pub url: Url,
    /// Its method.
    pub method: String,
    /// Its headers besides those of the feed, which they replace.
    pub headers: Vec<Header>,
    /// Its body, made from the event.
    pub body: Option<Template>,
}

/// The keys of `subscribe`.
#[derive(Deserialize, JsonSchema)]
#[serde(
    expecting = "a table such as { on = \"hello\", url = \"/subscribe\", body = '{{ data.id|tojson }}' }"
)]
pub(super) struct SubscribeTable {
    /// The type of the event after which the request is sent, on each connection.
    on: String,
    /// The address of the request, relative to the feed's and of the same origin.
    url: Placed<String>,
    /// `"POST"`, `"PUT"`, `"PATCH"` or `"GET"`. Default: `"POST"`.
    method: Option<Placed<String>>,
    /// Its headers besides those of the feed. Default: `{}`.
    #[serde(default)]
    headers: BTreeMap<Placed<String>, String>,
    /// A template of its body, which sees that event. It is sent as JSON unless a header says otherwise.
    body: Option<Placed<String>>,
}

impl fmt::Debug for Subscribe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Subscribe");
        shown.field("on", &self.on).field("url", &public_url(&self.url)).field("method", &self.method);
        shown.field("headers", &self.headers).finish_non_exhaustive()
    }
}

impl SubscribeTable {
    /// Checks the values for the feed of this address.
    pub(super) fn read(self, feed: Option<&Url>, reading: &mut Reading<'_>) -> Option<Subscribe> {
        let headers = headers::read(self.headers, reading);
        let method = reading.value(self.method, |word| {
            values::choice(&word, ["POST", "PUT", "PATCH", "GET"].map(|method| (method, method.to_owned())))
        });
        let body = reading.value(self.body, |text| Template::parse(&text).map_err(|error| error.to_string()));
        // Without an address of its own the feed has a problem already.
        let feed = feed?;
        let url = reading.value(Some(self.url), |text| address(&text, feed));
        Some(Subscribe {
            on: self.on,
            url: url?,
            method: method.unwrap_or_else(|| "POST".into()),
            headers,
            body,
        })
    }
}

fn address(text: &str, feed: &Url) -> Result<Url, &'static str> {
    let url = feed.join(text).map_err(|_| "expected an address such as \"/subscribe\"")?;
    match url.origin() == feed.origin() {
        true => Ok(url),
        false => Err("expected an address of the feed's own scheme, host and port"),
    }
}
