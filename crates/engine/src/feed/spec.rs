//! What a subscription is asked for, and what it reports.

use std::time::Duration;

use url::Url;

use crate::config::{Auth, CaFile, DEFAULT_IDLE, DEFAULT_MAX_EVENT, FeedConfig, Header, ProxyChoice, Resume};
use crate::event::{Incoming, Reason};

/// What to subscribe to.
#[derive(Clone, Debug)]
pub struct Spec {
    /// The address.
    pub url: Url,
    /// The method; GET unless the feed asks for another.
    pub method: String,
    /// The request's body.
    pub body: Option<Vec<u8>>,
    /// Further headers.
    pub headers: Vec<Header>,
    /// How to sign in.
    pub sign_in: SignIn,
    /// Whether a secret may cross the network unencrypted.
    pub allow_insecure_auth: bool,
    /// The silence after which a connection counts as dead; `None` for never.
    pub idle_timeout: Option<Duration>,
    /// The size limit of an event and of a line, in bytes.
    pub max_event: usize,
    /// The last event ID to resume from; empty for none.
    pub last_event_id: String,
    /// The reconnection time to begin with, in milliseconds.
    pub retry_ms: Option<u64>,
    /// How to resume.
    pub resume: Resume,
    /// Whom to trust beside the platform's authorities.
    pub ca_file: Option<CaFile>,
    /// Which proxy to go through.
    pub proxy: ProxyChoice,
    /// How long to wait before the first try.
    pub delay: Duration,
    /// Whether to hand out the bytes too.
    pub raw: bool,
}

impl Spec {
    /// A subscription as a feed's configuration asks for it, from the beginning.
    pub fn of(feed: &FeedConfig) -> Self {
        Self {
            headers: feed.headers.clone(),
            method: feed.method.clone(),
            body: feed.body.clone().map(String::into_bytes),
            resume: feed.resume.clone(),
            ca_file: feed.ca_file.clone(),
            proxy: feed.proxy.clone(),
            sign_in: feed.auth.clone().map_or(SignIn::None, SignIn::Keychain),
            allow_insecure_auth: feed.allow_insecure_auth,
            idle_timeout: feed.idle_timeout,
            max_event: feed.max_event,
            ..Self::at(feed.url.clone())
        }
    }

    /// A plain subscription to an address.
    pub fn at(url: Url) -> Self {
        Self {
            url,
            method: "GET".into(),
            body: None,
            headers: Vec::new(),
            sign_in: SignIn::None,
            allow_insecure_auth: false,
            idle_timeout: Some(DEFAULT_IDLE),
            max_event: DEFAULT_MAX_EVENT,
            last_event_id: String::new(),
            retry_ms: None,
            resume: Resume::LastEventId,
            ca_file: None,
            proxy: ProxyChoice::System,
            delay: Duration::ZERO,
            raw: false,
        }
    }
}

/// How a subscription signs in.
#[derive(Clone, Debug, Default)]
pub enum SignIn {
    /// Not at all.
    #[default]
    None,
    /// With a secret from the keychain, read anew before each try after a refusal.
    Keychain(Auth),
}

/// What a subscription does, as it reports it.
#[derive(Clone, Debug)]
pub enum Activity {
    /// A try began.
    Connecting {
        /// Which, from 1; counts on until a stream opens.
        attempt: u32,
    },
    /// Connected, but no answer for a while.
    Slow {
        /// How long, in milliseconds.
        after_ms: u64,
    },
    /// An event stream is open.
    Open {
        /// The status, 200.
        status: u16,
        /// The HTTP version.
        http: String,
        /// The final URL.
        url: Url,
        /// The response's headers; cookies hidden.
        headers: Vec<(String, String)>,
        /// Which try opened it.
        attempt: u32,
        /// Whether it was asked for what came after an earlier connection.
        resumed: bool,
        /// Whether the server said that its history does not go back to where it was asked to resume.
        is_history_short: bool,
    },
    /// The bytes of one read, as they came, where the spec asks for them.
    Bytes(Vec<u8>),
    /// What one read brought; never empty.
    Items {
        /// In order.
        items: Vec<Incoming>,
        /// Whether this belongs to the replay after a resumed connection.
        replaying: bool,
    },
    /// Not connected; another try comes.
    Waiting {
        /// Why.
        reason: Reason,
        /// When, from here.
        delay: Duration,
        /// Which try failed, from 1.
        attempt: u32,
        /// What the next request will resume from.
        last_event_id: String,
    },
    /// A person must act.
    Parked {
        /// Why.
        reason: Reason,
        /// When a rare try comes by itself.
        retry_in: Option<Duration>,
    },
    /// The server said that there is no more. A nudge asks again all the same.
    Ended {
        /// How it said so.
        reason: Reason,
    },
}
