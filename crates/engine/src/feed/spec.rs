//! The settings of a subscription, and the activities that it reports.

use std::fmt;
use std::time::Duration;

use url::Url;

use crate::config::{
    Auth, CaFile, DEFAULT_IDLE, DEFAULT_MAX_EVENT, EventReading, FeedConfig, Header, ProxyChoice, Reconnect,
    Resume, Subscribe, public_url,
};
use crate::event::{GapReason, Incoming, Reason, Resumed};

/// The settings of a subscription. `Debug` prints neither the whole address nor the body or headers.
#[derive(Clone)]
pub struct Spec {
    /// The URL.
    pub url: Url,
    /// The HTTP method; `GET` by default. An invalid method counts as `GET`.
    pub method: String,
    /// Whether to ask again after a stream that ended cleanly, also where the request may have an effect or a price.
    pub reconnect: Reconnect,
    /// The request's body.
    pub body: Option<Vec<u8>>,
    /// Additional request headers, sent only to the origin of `url`.
    pub headers: Vec<Header>,
    /// How to sign in: none, one or several parts. Their secrets are read from the keychain before each attempt, and again
    /// if the server rejects them (401 or 403).
    pub auth: Vec<Auth>,
    /// Whether a secret may be sent unencrypted over a network.
    pub allow_insecure_auth: bool,
    /// Whether a public address may redirect to this machine or to a private network.
    pub allow_private_redirect: bool,
    /// The time without any byte after which a connection counts as dead; `None` for no limit.
    pub idle_timeout: Option<Duration>,
    /// The size limit of an event and of a line, in bytes.
    pub max_event: usize,
    /// The last event ID, or the cursor, to resume after; empty for none.
    pub last_event_id: String,
    /// The initial reconnection time, in milliseconds; `None` for the default of 1 s.
    pub retry_ms: Option<u64>,
    /// How to resume.
    pub resume: Resume,
    /// How events are read.
    pub reading: EventReading,
    /// A request that tells the server what to send on a connection.
    pub subscribe: Option<Subscribe>,
    /// Certificate authorities to trust in addition to the platform's.
    pub ca_file: Option<CaFile>,
    /// The proxy.
    pub proxy: ProxyChoice,
    /// The delay before the first attempt.
    pub delay: Duration,
    /// Whether to report the received bytes as [`Activity::Bytes`].
    pub raw: bool,
}

impl fmt::Debug for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Spec");
        shown.field("url", &public_url(&self.url)).field("method", &self.method);
        shown.field("headers", &self.headers).field("auth", &self.auth).finish_non_exhaustive()
    }
}

impl Spec {
    /// Creates the settings that a feed's configuration asks for, with nothing to resume after.
    pub fn of(feed: &FeedConfig) -> Self {
        Self {
            headers: feed.headers.clone(),
            method: feed.method.clone(),
            reconnect: feed.reconnect,
            body: feed.body.clone().map(String::into_bytes),
            resume: feed.resume.clone(),
            reading: feed.reading.clone(),
            subscribe: feed.subscribe.clone(),
            ca_file: feed.ca_file.clone(),
            proxy: feed.proxy.clone(),
            auth: feed.auth.clone(),
            allow_insecure_auth: feed.allow_insecure_auth,
            allow_private_redirect: feed.allow_private_redirect,
            idle_timeout: feed.idle_timeout,
            max_event: feed.max_event,
            ..Self::at(feed.url.clone())
        }
    }

    /// Returns whether a stream that ended cleanly is asked for again.
    pub(crate) fn asks_again(&self) -> bool {
        self.reconnect.asks_again(&self.method)
    }

    /// Creates the default settings for a URL.
    pub fn at(url: Url) -> Self {
        Self {
            url,
            method: "GET".into(),
            reconnect: Reconnect::Auto,
            body: None,
            headers: Vec::new(),
            auth: Vec::new(),
            allow_insecure_auth: false,
            allow_private_redirect: false,
            idle_timeout: Some(DEFAULT_IDLE),
            max_event: DEFAULT_MAX_EVENT,
            last_event_id: String::new(),
            retry_ms: None,
            resume: Resume::LastEventId,
            reading: EventReading::default(),
            subscribe: None,
            ca_file: None,
            proxy: ProxyChoice::System,
            delay: Duration::ZERO,
            raw: false,
        }
    }
}

/// Something that a subscription did.
#[derive(Clone, Debug)]
pub enum Activity {
    /// An attempt began.
    Connecting {
        /// The number of the attempt, from 1. It starts again at 1 after a stream was open.
        attempt: u32,
    },
    /// The server has not answered the request for a while.
    Slow {
        /// The time since the request, in milliseconds.
        after_ms: u64,
    },
    /// An event stream is open.
    Open {
        /// The HTTP status, 200.
        status: u16,
        /// The HTTP version: `1.1` or `2`, for example.
        http: String,
        /// The URL after redirects, without secrets.
        url: Url,
        /// The response's headers; the values of cookies, and those that repeat a secret, are replaced by `(hidden)`.
        headers: Vec<(String, String)>,
        /// The number of the attempt, from 1.
        attempt: u32,
        /// Whether the request asked for the events after a resume point, and the server said that it heeded it.
        resumed: Resumed,
        /// Why events may be missing although the feed could resume.
        missed: Option<GapReason>,
    },
    /// The bytes of one read, if [`Spec::raw`] is set.
    Bytes(Vec<u8>),
    /// The items that one read completed; never empty.
    Items {
        /// The items, in the order of the stream.
        items: Vec<Incoming>,
        /// Whether the items belong to the replay at the start of a resumed connection.
        replaying: bool,
    },
    /// The connection failed or was lost; the subscription waits to retry.
    Waiting {
        /// Why it failed or was lost.
        reason: Reason,
        /// The time until the next attempt.
        delay: Duration,
        /// The number of the attempt that failed, from 1; 1 if an open connection was lost.
        attempt: u32,
        /// The ID or cursor that the next request will resume after; empty for none.
        last_event_id: String,
        /// The time between two polls, if the server ended the connection after an event, as servers do that are
        /// polled; then nothing failed.
        poll: Option<Duration>,
        /// The silence after which something on the way cuts connections, once two were cut alike.
        quiet_limit: Option<Duration>,
    },
    /// A person must act.
    Parked {
        /// Why the connection failed.
        reason: Reason,
        /// The time until the next automatic attempt; `None` if there will be none.
        retry_in: Option<Duration>,
    },
    /// The server ended the feed (204). A nudge connects again.
    Ended {
        /// How the server ended it.
        reason: Reason,
    },
}
