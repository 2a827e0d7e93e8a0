//! What a configuration means, once read and checked.

use std::collections::HashMap;
use std::time::Duration;

use url::Url;

use super::ca_file::CaFile;
use super::naming::public_url;
use super::problem::{ConfigError, ConfigProblem};
use super::resume::Resume;
use super::settings::AppSettings;
use crate::event::{FeedId, Severity};
use crate::secrets::{NewSecret, Secret};

/// The default silence after which a connection counts as dead.
pub(crate) const DEFAULT_IDLE: Duration = Duration::from_secs(300);
/// The default size limit of one event.
pub(crate) const DEFAULT_MAX_EVENT: usize = 16 * 1024 * 1024;
/// The size limit while an address is only looked at.
pub(crate) const DEFAULT_CHECK_MAX_EVENT: usize = 1024 * 1024;

/// A checked configuration.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Config {
    /// Settings of the doors.
    pub app: AppSettings,
    /// When a feed's notifications become one that counts.
    pub flood: FloodLimit,
    /// How much of the log is kept.
    pub retention: Retention,
    /// The feeds, in the order of the file.
    pub feeds: Vec<FeedConfig>,
}

impl Config {
    /// Looks at the files that the configuration names: a problem for each that cannot be used.
    pub fn check_files(&self) -> Result<(), ConfigError> {
        let mut problems = Vec::new();
        for file in self.feeds.iter().filter_map(|feed| feed.ca_file.as_ref()) {
            if let Err(error) = file.check() {
                let (line, column) = file.place();
                problems.push(ConfigProblem { line, column, message: error.to_string() });
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(ConfigError { problems }) }
    }

    /// Whether other files belong to it, whose change changes what it means.
    pub(crate) fn names_files(&self) -> bool {
        self.feeds.iter().any(|feed| feed.ca_file.is_some())
    }
}

/// How much of the log is kept; older rows go first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// The age at which rows go; `None` for never.
    pub max_age: Option<Duration>,
    /// The most events.
    pub max_events: u64,
}

impl Default for Retention {
    fn default() -> Self {
        Self { max_age: Some(Duration::from_secs(30 * 24 * 3600)), max_events: 1_000_000 }
    }
}

/// After `burst` notifications of a feed within `per`, one notification counts the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FloodLimit {
    /// Notifications of their own; at least 1.
    pub burst: u32,
    /// Within this time; at least 1 s.
    pub per: Duration,
}

impl Default for FloodLimit {
    fn default() -> Self {
        Self { burst: 5, per: Duration::from_secs(30) }
    }
}

/// One feed.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedConfig {
    /// Its id, unique in the file.
    pub id: FeedId,
    /// Its name for people.
    pub name: String,
    /// Its address, http or https, without userinfo.
    pub url: Url,
    /// Whether to receive it.
    pub enabled: bool,
    /// How to sign in.
    pub auth: Option<Auth>,
    /// Whether a secret may cross the network unencrypted.
    pub allow_insecure_auth: bool,
    /// Further request headers.
    pub headers: Vec<Header>,
    /// The request's method.
    pub method: String,
    /// The request's body.
    pub body: Option<String>,
    /// How it resumes.
    pub resume: Resume,
    /// Whom it trusts beside the platform's authorities.
    pub ca_file: Option<CaFile>,
    /// Which proxy it goes through.
    pub proxy: ProxyChoice,
    /// The silence after which a connection counts as dead; `None` for never.
    pub idle_timeout: Option<Duration>,
    /// The size limit of one event's data and of a line, in bytes.
    pub max_event: usize,
    /// How grave which event types are; others are [`Severity::Info`].
    pub severity: HashMap<String, Severity>,
    /// The rules; the first that matches decides.
    pub rules: Vec<Rule>,
}

impl FeedConfig {
    /// A feed with the defaults of the file format.
    pub fn new(id: FeedId, url: Url) -> Self {
        Self {
            name: id.to_string(),
            id,
            url,
            enabled: true,
            auth: None,
            allow_insecure_auth: false,
            headers: Vec::new(),
            method: "GET".into(),
            body: None,
            resume: Resume::LastEventId,
            ca_file: None,
            proxy: ProxyChoice::System,
            idle_timeout: Some(DEFAULT_IDLE),
            max_event: DEFAULT_MAX_EVENT,
            severity: HashMap::new(),
            rules: Vec::new(),
        }
    }

    /// The address without query and userinfo, for people and for logs.
    pub fn public_url(&self) -> String {
        public_url(&self.url)
    }

    /// Whether the connection would be another one under `other`.
    pub(crate) fn connects_like(&self, other: &Self) -> bool {
        self.url == other.url
            && self.enabled == other.enabled
            && self.auth == other.auth
            && self.allow_insecure_auth == other.allow_insecure_auth
            && self.headers == other.headers
            && self.method == other.method
            && self.body == other.body
            && self.resume == other.resume
            && self.trusts_like(other)
            && self.proxy == other.proxy
            && self.idle_timeout == other.idle_timeout
            && self.max_event == other.max_event
    }

    fn trusts_like(&self, other: &Self) -> bool {
        match (&self.ca_file, &other.ca_file) {
            (Some(own), Some(other)) => own.trusts_like(other),
            (None, None) => true,
            _ => false,
        }
    }
}

/// Which proxy a feed's connections go through.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum ProxyChoice {
    /// The system's, as its settings or the environment say.
    #[default]
    System,
    /// None.
    Direct,
    /// This one.
    At(Url),
}

/// How to sign in. Secrets appear by name only; their text is in the keychain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Auth {
    /// `Authorization: Bearer …` (RFC 6750).
    Bearer {
        /// The secret's name in the keychain.
        secret: String,
    },
    /// `Authorization: Basic …` (RFC 7617).
    Basic {
        /// The user name, without a colon.
        user: String,
        /// The password's name in the keychain.
        secret: String,
    },
}

impl Auth {
    /// Returns what the configuration keeps of a new secret, under this name, and what the keychain keeps.
    pub(crate) fn of(secret: NewSecret, name: &str) -> (Self, Secret) {
        let name = name.to_owned();
        match secret {
            NewSecret::Bearer(token) => (Auth::Bearer { secret: name }, token),
            NewSecret::Basic { user, password } => (Auth::Basic { user, secret: name }, password),
        }
    }

    /// The secret's name in the keychain.
    pub fn secret_name(&self) -> &str {
        match self {
            Auth::Bearer { secret } | Auth::Basic { secret, .. } => secret,
        }
    }
}

/// A request header from the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Its name, lower case.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// One rule of a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name for people.
    pub name: Option<String>,
    /// The event types it matches; none means all.
    pub events: Vec<String>,
    /// Whether a match notifies, or only logs.
    pub notify: bool,
}
