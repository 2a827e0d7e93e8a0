//! `config.toml`: feeds, rules and settings, edited by hand or by the program.

mod ca_file;
mod edit;
mod file;
mod keys;
mod load;
mod model;
mod naming;
mod problem;
mod resume;
mod settings;

pub use ca_file::{CaFile, CaFileError};
pub use edit::{ConfigFile, EditError, NewFeed};
pub use load::{header, parse, parse_duration, parse_size};
pub use model::{Auth, Config, FeedConfig, FloodLimit, Header, ProxyChoice, Retention, Rule};
pub(crate) use model::{DEFAULT_CHECK_MAX_EVENT, DEFAULT_IDLE, DEFAULT_MAX_EVENT};
pub use naming::{feed_url, free_id, name_for, public_url};
pub use problem::{ConfigError, ConfigProblem};
pub use resume::Resume;
pub use settings::{AppSettings, Language, Theme};
