//! The tables `[[feed]]`: the keys of a feed, what they may hold, and their defaults.

use std::collections::HashMap;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use url::Url;

use super::auth::Auth;
use super::ca_file::CaFile;
use super::control::EventReading;
use super::headers::Header;
use super::naming::{public_url, text_hash};
use super::resume::Resume;
use super::retention::FeedRetention;
use super::rule::Rule;
use super::subscribe::Subscribe;
use crate::event::{FeedId, Severity};

/// The default silence after which a connection counts as dead.
pub(crate) const DEFAULT_IDLE: Duration = Duration::from_secs(300);
/// The default size limit of one event, in bytes.
pub(crate) const DEFAULT_MAX_EVENT: usize = 16 * 1024 * 1024;

/// One feed. `Debug` prints its names, and neither its whole address nor its body or headers.
#[derive(Clone, PartialEq)]
pub struct FeedConfig {
    /// Its id, unique in the file.
    pub id: FeedId,
    /// Its name for people, not empty.
    pub name: String,
    /// Its address, http or https, without userinfo.
    pub url: Url,
    /// Whether to receive it.
    pub enabled: bool,
    /// How to sign in: none, one or several parts.
    pub auth: Vec<Auth>,
    /// Whether a secret may cross the network unencrypted. It always may on the loopback interface.
    pub allow_insecure_auth: bool,
    /// Whether a public address may redirect to this machine or to a private network.
    pub allow_private_redirect: bool,
    /// Further request headers.
    pub headers: Vec<Header>,
    /// The request's method, `GET` or `POST`.
    pub method: String,
    /// Whether to ask again after a stream that ended cleanly.
    pub reconnect: Reconnect,
    /// The request's body.
    pub body: Option<String>,
    /// How it resumes.
    pub resume: Resume,
    /// How its events are read.
    pub reading: EventReading,
    /// A request that tells the server what to send on a connection.
    pub subscribe: Option<Subscribe>,
    /// The authorities that it trusts in addition to the platform's.
    pub ca_file: Option<CaFile>,
    /// Which proxy it goes through.
    pub proxy: ProxyChoice,
    /// The silence after which a connection counts as dead, from 1 s to 24 h; `None` for never.
    pub idle_timeout: Option<Duration>,
    /// The size limit of one event's data and of a line, in bytes, from 1 KiB to 1 GiB.
    pub max_event: usize,
    /// How much the log keeps of it.
    pub retention: FeedRetention,
    /// The severity of event types; others are [`Severity::Info`].
    pub severity: HashMap<String, Severity>,
    /// The rules; the first that matches an event decides.
    pub rules: Vec<Rule>,
}

impl fmt::Debug for FeedConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("FeedConfig");
        shown.field("id", &self.id).field("name", &self.name).field("url", &self.public_url());
        shown.field("auth", &self.auth).field("rules", &self.rules).finish_non_exhaustive()
    }
}

impl FeedConfig {
    /// Returns a feed with the defaults of all keys; its name is the id.
    pub fn new(id: FeedId, url: Url) -> Self {
        Self {
            name: id.to_string(),
            id,
            url,
            enabled: true,
            auth: Vec::new(),
            allow_insecure_auth: false,
            allow_private_redirect: false,
            headers: Vec::new(),
            method: "GET".into(),
            reconnect: Reconnect::Auto,
            body: None,
            resume: Resume::LastEventId,
            reading: EventReading::default(),
            subscribe: None,
            ca_file: None,
            proxy: ProxyChoice::System,
            idle_timeout: Some(DEFAULT_IDLE),
            max_event: DEFAULT_MAX_EVENT,
            retention: FeedRetention::default(),
            severity: HashMap::new(),
            rules: Vec::new(),
        }
    }

    /// Returns the address without query, fragment and userinfo, for people and for logs.
    pub fn public_url(&self) -> String {
        public_url(&self.url)
    }

    /// Returns what the feed's place is kept by: a hash of the address without query and fragment. A query may hold a token
    /// that changes, or name one topic more, and the place stays. The rest may hold a token, too, so it is not kept itself.
    pub(crate) fn place_key(&self) -> String {
        let mut url = self.url.clone();
        url.set_query(None);
        url.set_fragment(None);
        text_hash(url.as_str())
    }

    /// Returns whether any expression looks into the events' data.
    pub(crate) fn is_expressed(&self) -> bool {
        let EventReading { each, event_from, control: _, control_when } = &self.reading;
        let reads = [each, event_from, control_when].into_iter().any(Option::is_some);
        reads || matches!(self.resume, Resume::Query { .. }) || self.rules.iter().any(Rule::is_expressed)
    }

    /// Returns a hash of what is asked for: the method, the address and the body. The sign-in is no part of it.
    pub(crate) fn request_hash(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.method.to_ascii_uppercase(), self.url.as_str(), &self.body).hash(&mut hasher);
        hasher.finish()
    }

    /// Returns whether the connection would be the same under `other`. Each field is named, so that a new one is not
    /// forgotten.
    pub(crate) fn connects_like(&self, other: &Self) -> bool {
        let Self {
            id: _,
            name: _,
            url,
            enabled,
            auth,
            allow_insecure_auth,
            allow_private_redirect,
            headers,
            method,
            reconnect,
            body,
            resume,
            reading,
            subscribe,
            ca_file,
            proxy,
            idle_timeout,
            max_event,
            retention: _,
            severity: _,
            rules: _,
        } = self;
        let trusts_alike = match (ca_file, &other.ca_file) {
            (Some(own), Some(other)) => own.trusts_like(other),
            (None, None) => true,
            _ => false,
        };
        trusts_alike
            && *url == other.url
            && *enabled == other.enabled
            && *auth == other.auth
            && *allow_insecure_auth == other.allow_insecure_auth
            && *allow_private_redirect == other.allow_private_redirect
            && *headers == other.headers
            && *method == other.method
            && *reconnect == other.reconnect
            && *body == other.body
            && *resume == other.resume
            && *reading == other.reading
            && *subscribe == other.subscribe
            && *proxy == other.proxy
            && *idle_timeout == other.idle_timeout
            && *max_event == other.max_event
    }
}

/// Whether a feed is asked for again after its stream ended cleanly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Reconnect {
    /// After a GET. Another request may have an effect or a price, so its stream is complete when it ends.
    #[default]
    Auto,
    /// After each request.
    Always,
}

impl Reconnect {
    /// Returns whether a request of this method is made again after its stream ended cleanly.
    pub(crate) fn asks_again(self, method: &str) -> bool {
        self == Self::Always || method.eq_ignore_ascii_case("GET")
    }
}

/// Which proxy a feed's connections go through. `Debug` prints its address without query.
#[derive(Clone, PartialEq, Eq, Default)]
pub enum ProxyChoice {
    /// The system's, from its settings or the environment.
    #[default]
    System,
    /// None: the connection is direct.
    Direct,
    /// The proxy at this address, without userinfo: http, https, socks5 (names are looked up here) or socks5h (the proxy
    /// looks them up).
    At(Url),
}

impl fmt::Debug for ProxyChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ProxyChoice::System => f.write_str("System"),
            ProxyChoice::Direct => f.write_str("Direct"),
            ProxyChoice::At(url) => f.debug_tuple("At").field(&public_url(url)).finish(),
        }
    }
}
