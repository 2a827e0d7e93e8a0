//! The tables `[[feed]]`: their keys, read and checked.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

use super::auth::AuthSetting;
use super::ca_file::CaFile;
use super::control::{EventReading, control_types};
use super::feed::{FeedConfig, ProxyChoice, Reconnect};
use super::headers;
use super::naming::feed_url;
use super::reading::{Placed, Reading};
use super::resume::ResumeSetting;
use super::retention::FeedRetentionTable;
use super::rule::RuleTable;
use super::subscribe::SubscribeTable;
use super::values::{self, Size, words};
use crate::event::{FeedId, Severity};
use crate::expression::Expression;
use crate::secrets::quotable;

/// The largest size limit of one event, in bytes: what is stored of an event, and what it takes while it is searched,
/// stays far below what the log can hold.
const MAX_EVENT: u64 = 256 * 1024 * 1024;

/// The keys of `[[feed]]`.
#[derive(Deserialize, JsonSchema)]
#[serde(expecting = "a table [[feed]]")]
pub(super) struct FeedTable {
    /// The id of the feed in the log and in commands, which no other feed has: 1 to 64 of `a-z`, `0-9`, `-` and `_`.
    pub(super) id: Placed<String>,
    /// The name that people read; the id where it is left out.
    name: Option<Placed<String>>,
    /// The address, `http` or `https`, without a password.
    url: Placed<String>,
    /// Whether to receive this feed. Default: `true`.
    enabled: Option<bool>,
    /// How to sign in: one table, or a list of as many as the service wants.
    auth: Option<AuthSetting>,
    /// Whether a secret may cross plain `http` to another machine or through a proxy. A secret is what `auth` names, the
    /// body, and any header of `headers` but `Accept`, `Accept-Charset`, `Accept-Language`, `Content-Type`, `DNT`,
    /// `MCP-Protocol-Version`, `Origin`, `Pragma`, `User-Agent` and `X-Requested-With`. Default: `false`.
    allow_insecure_auth: Option<bool>,
    /// Whether a server of the internet may redirect to this machine or to a private network. Default: `false`.
    allow_private_redirect: Option<bool>,
    /// Further request headers, such as `{ X-Team = "ops" }`. Bellwire sets `Host`, `Accept-Encoding`, `Last-Event-ID` and
    /// `Cache-Control` itself, and `Accept` to `text/event-stream` where it is not given here. Default: `{}`.
    #[serde(default)]
    headers: BTreeMap<Placed<String>, String>,
    /// The method of the request: `"GET"` or `"POST"`. Default: `"GET"`.
    method: Option<Placed<String>>,
    /// Whether to ask again after a stream that the server ended: `"auto"` does so after a GET, and takes the answer to
    /// another request as complete; `"always"`. Default: `"auto"`.
    reconnect: Option<Placed<String>>,
    /// The body of the request.
    body: Option<String>,
    /// How the feed resumes after an interruption: `"last-event-id"`; `{ query = "since", cursor = "data.id" }` for a
    /// service that wants a query parameter; `"none"`. Default: `"last-event-id"`.
    resume: Option<Placed<ResumeSetting>>,
    /// The event types that are only signs of life or of the connection, in any case, with `*` for any text. They are
    /// logged, are hidden in the window until its switch shows them, and never notify, unless a rule names them; their ids
    /// are no place to resume after. Default:
    /// `["ping", "pong", "keepalive", "keep-alive", "heartbeat", "hb", "stream-open", "endpoint"]`.
    control: Option<Vec<String>>,
    /// An expression that holds for further control events, such as `text == 'ping'`, for services that say it in the
    /// data. 500 bytes at most.
    control_when: Option<Placed<String>>,
    /// An expression that yields a list, such as `data`: each item becomes an event of its own, with the same id, and the
    /// other expressions see the item as `data`. An event without a list, or with more than 10,000 items, stays whole.
    /// 500 bytes at most.
    each: Option<Placed<String>>,
    /// An expression that computes the event type, such as `data.event_type`, for services that send everything as
    /// `message`. Where it has no value, the type stays. 500 bytes at most.
    event_from: Option<Placed<String>>,
    /// A request that is sent after a certain event of each connection, with the feed's headers and secrets, for services
    /// that send nothing until a request says what is wanted.
    subscribe: Option<SubscribeTable>,
    /// A file of certificates (PEM) that this feed trusts besides the system's; a relative path starts at the folder of
    /// `config.toml`.
    ca_file: Option<Placed<String>>,
    /// The proxy: `"system"` for that of the system's settings or of `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and
    /// `NO_PROXY`; `"none"`; or an address without a password, such as `"socks5h://127.0.0.1:1080"`. The schemes are
    /// `http`, `https`, `socks5` (names are looked up on this computer) and `socks5h` (the proxy looks them up). Default:
    /// `"system"`.
    proxy: Option<Placed<String>>,
    /// The silence, without even a comment, after which a connection is renewed: `"1s"` to `"24h"`, or `"off"` for
    /// never. Default: `"5m"`.
    idle_timeout: Option<Placed<String>>,
    /// The size limit of an event: `"1KiB"` to `"256MiB"`. A larger one is skipped, and a gap row reports it.
    /// Default: `"16MiB"`.
    max_event: Option<Placed<Size>>,
    /// How much the log keeps of this feed, such as `{ max_age = "7d", max_events = 50_000, max_bytes = "100MiB" }`.
    retention: Option<FeedRetentionTable>,
    /// The event types of each severity, such as `{ critical = ["outage"], warning = ["degraded"] }`; all others are
    /// `info`. Default: `{}`.
    #[serde(default)]
    severity: BTreeMap<Placed<String>, Vec<String>>,
    /// The rules, one table each; the first that matches an event decides.
    #[serde(default)]
    rule: Vec<RuleTable>,
}

impl FeedTable {
    /// Checks the values and fills in the defaults; `None` where id or address are unusable.
    pub(super) fn read(self, reading: &mut Reading<'_>) -> Option<FeedConfig> {
        let id = reading.value(Some(self.id), id);
        let url = reading.value(Some(self.url), |text| feed_url(&text));
        let name = reading.value(self.name, name);
        let headers = headers::read(self.headers, reading);
        let method = reading.value(self.method, method);
        let reconnect = reading.value(self.reconnect, reconnect);
        let resume = reading.value(self.resume, ResumeSetting::read).unwrap_or_default();
        let auth = self.auth.map(|auth| auth.read(&headers, &resume, reading)).unwrap_or_default();
        let control = self.control.map(|names| control_types(&names));
        let control_when = reading
            .value(self.control_when, |text| Expression::parse(&text).map_err(|error| error.to_string()));
        let each =
            reading.value(self.each, |text| Expression::parse(&text).map_err(|error| error.to_string()));
        let event_from = reading
            .value(self.event_from, |text| Expression::parse(&text).map_err(|error| error.to_string()));
        let subscribe = self.subscribe.and_then(|subscribe| subscribe.read(url.as_ref(), reading));
        let ca_file = ca_file(self.ca_file, reading);
        let proxy = reading.value(self.proxy, proxy);
        let idle_timeout = reading.value(self.idle_timeout, idle_timeout);
        let max_event = reading.value(self.max_event, max_event);
        let retention = self.retention.map(|retention| retention.read(reading)).unwrap_or_default();
        let severity = severities(self.severity, reading);
        let rules = self.rule.into_iter().map(|rule| rule.read(reading)).collect();

        let defaults = FeedConfig::new(id?, url?);
        Some(FeedConfig {
            name: name.unwrap_or(defaults.name),
            enabled: self.enabled.unwrap_or(defaults.enabled),
            auth,
            allow_insecure_auth: self.allow_insecure_auth.unwrap_or(defaults.allow_insecure_auth),
            allow_private_redirect: self.allow_private_redirect.unwrap_or(defaults.allow_private_redirect),
            headers,
            method: method.unwrap_or(defaults.method),
            reconnect: reconnect.unwrap_or(defaults.reconnect),
            body: self.body,
            resume,
            reading: EventReading {
                each,
                event_from,
                control: control.unwrap_or(defaults.reading.control),
                control_when,
            },
            subscribe,
            ca_file,
            proxy: proxy.unwrap_or(defaults.proxy),
            idle_timeout: idle_timeout.unwrap_or(defaults.idle_timeout),
            max_event: max_event.unwrap_or(defaults.max_event),
            retention,
            severity,
            rules,
            id: defaults.id,
            url: defaults.url,
        })
    }
}

fn id(text: String) -> Result<FeedId, &'static str> {
    FeedId::parse(&text).ok_or("expected 1 to 64 of a-z, 0-9, - and _")
}

fn name(text: String) -> Result<String, &'static str> {
    let name = text.trim();
    if name.is_empty() { Err("a name cannot be empty") } else { Ok(name.to_owned()) }
}

fn method(word: String) -> Result<String, String> {
    values::choice(&word, ["GET", "POST"].map(|method| (method, method.to_owned())))
}

fn reconnect(word: String) -> Result<Reconnect, String> {
    values::choice(&word, [("auto", Reconnect::Auto), ("always", Reconnect::Always)])
}

fn ca_file(path: Option<Placed<String>>, reading: &mut Reading<'_>) -> Option<CaFile> {
    let place = reading.place(path.as_ref()?.span());
    let path = reading.value(path, |path| match path.is_empty() {
        true => Err("expected the path of a file of certificates in PEM"),
        false => Ok(path),
    });
    Some(CaFile::at(reading.path(&path?), place))
}

fn proxy(text: String) -> Result<ProxyChoice, &'static str> {
    match text.as_str() {
        "system" => Ok(ProxyChoice::System),
        "none" => Ok(ProxyChoice::Direct),
        address => proxy_url(address).map(ProxyChoice::At).ok_or(
            "expected \"system\", \"none\" or the address of a proxy, without a password: http://, https://, socks5:// \
             or socks5h://",
        ),
    }
}

/// Parses the address of a proxy. One of SOCKS gets the port 1080 where it has none (RFC 1928 3).
fn proxy_url(text: &str) -> Option<Url> {
    let text = text.trim();
    if !text.starts_with("socks5://") && !text.starts_with("socks5h://") {
        return feed_url(text).ok();
    }
    let mut url = Url::parse(text).ok()?;
    let is_bare = url.username().is_empty()
        && url.password().is_none()
        && matches!(url.path(), "" | "/")
        && url.query().is_none()
        && url.fragment().is_none();
    if !is_bare || url.host_str().is_none_or(str::is_empty) {
        return None;
    }
    if url.port().is_none() {
        url.set_port(Some(1080)).ok()?;
    }
    Some(url)
}

fn idle_timeout(text: String) -> Result<Option<Duration>, String> {
    if text == "off" {
        return Ok(None);
    }
    values::duration(&text, Duration::from_secs(1)..=Duration::from_secs(24 * 3600)).map(Some)
}

fn max_event(size: Size) -> Result<usize, &'static str> {
    let bytes = size.bytes().filter(|bytes| (1024..=MAX_EVENT).contains(bytes));
    let bytes = bytes.and_then(|bytes| usize::try_from(bytes).ok());
    bytes.ok_or("expected a size such as \"16MiB\", from 1KiB to 256MiB")
}

fn severities(
    table: BTreeMap<Placed<String>, Vec<String>>,
    reading: &mut Reading<'_>,
) -> HashMap<String, Severity> {
    let mut severities = HashMap::new();
    for (level, events) in table {
        let span = level.span();
        let Some(severity) = reading.value(Some(level), severity) else { continue };
        for event in events {
            if severities.insert(event.clone(), severity).is_some_and(|other| other != severity) {
                reading
                    .report(span.clone(), format!("the event type {} has two severities", quotable(&event)));
            }
        }
    }
    severities
}

fn severity(word: String) -> Result<Severity, String> {
    word.parse().map_err(|_| {
        let names: Vec<&str> = words::<Severity>().map(|(word, _)| word).rev().collect();
        format!("expected one of {}", names.join(", "))
    })
}
