//! `config.toml`: feeds, rules and settings, edited by hand or by the program.

mod app;
mod auth;
mod ca_file;
mod control;
mod edit;
mod feed;
mod feed_table;
mod file;
mod headers;
mod keys;
mod load;
mod naming;
mod notifications;
mod pattern;
mod problem;
mod reading;
mod resume;
mod retention;
mod rule;
mod subscribe;
mod values;

pub use app::{AppSettings, Language, Theme};
pub(crate) use auth::named_secrets;
pub use auth::{Auth, check_auth};
pub use ca_file::{CaFile, CaFileError};
pub use control::EventReading;
pub(crate) use control::is_sign_of_life;
pub use edit::{ConfigFile, EditError, NewFeed, Turn};
pub(crate) use feed::{DEFAULT_IDLE, DEFAULT_MAX_EVENT};
pub use feed::{FeedConfig, ProxyChoice, Reconnect};
pub use file::Config;
pub use headers::{Header, header};
pub use load::parse;
pub use naming::{
    feed_url, free_id, free_name, has_scheme, name_for, public_url, secret_parameter, typed_url,
};
pub(crate) use naming::{is_loopback, text_hash};
pub use notifications::FloodLimit;
pub use pattern::Pattern;
pub use problem::{ConfigError, ConfigProblem};
pub use resume::Resume;
pub use retention::{FeedRetention, Retention};
pub use rule::{Rule, RuleSeverity, TypeChoice};
pub use subscribe::Subscribe;
pub use values::{parse_duration, parse_size};
