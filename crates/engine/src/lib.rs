//! Bellwire's engine: it holds the subscriptions, stores what arrives, decides what notifies, and knows
//! nothing of windows. See `docs/architecture.md`.

mod check;
pub mod config;
mod engine;
pub mod event;
mod expression;
pub mod feed;
mod file_watch;
mod files;
mod home;
mod json;
pub mod link;
mod notify;
pub mod ports;
pub mod presets;
mod rules;
pub mod secrets;
pub mod status;
mod store;
pub mod system;
pub mod text;

pub use check::{Advice, Check, CheckReport, CheckStage, CheckStep, Ids, Sample, Seen, SeenType, WATCH};
pub use engine::{Engine, EngineHandle, FeedWish, StartError};
pub use event::Click;
pub use expression::{Expression, ExpressionError, Scope, Template};
pub use file_watch::{FileWatch, WatchError};
pub use home::{Home, HomeError, HomeLock, private_file};
pub use ports::Ports;
pub use secrets::NewSecret;
pub use store::{At, Changes, Extent, LogReader, Needle, Page, ReadError, SearchPage, StoreError, View};
