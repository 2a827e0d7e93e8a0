//! `config.toml`: feeds, rules and settings, edited by hand or by the program.

mod app;
mod auth;
mod ca_file;
mod edit;
mod feed;
mod file;
mod headers;
mod keys;
mod load;
mod naming;
mod notifications;
mod problem;
mod reading;
mod resume;
mod retention;
mod rule;
mod values;

pub use app::{AppSettings, Language, Theme};
pub use auth::Auth;
pub use ca_file::{CaFile, CaFileError};
pub use edit::{ConfigFile, EditError, NewFeed};
pub(crate) use feed::{DEFAULT_IDLE, DEFAULT_MAX_EVENT};
pub use feed::{FeedConfig, ProxyChoice};
pub use file::Config;
pub use headers::{Header, header};
pub use load::parse;
pub use naming::{feed_url, free_id, name_for, public_url};
pub use notifications::FloodLimit;
pub use problem::{ConfigError, ConfigProblem};
pub use resume::Resume;
pub use retention::Retention;
pub(crate) use rule::notifies_without_rules;
pub use rule::{Rule, TypeChoice};
pub use values::{parse_duration, parse_size};
