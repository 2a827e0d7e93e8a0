//! Bellwire's engine: it holds the subscriptions, stores what arrives, decides what notifies, and knows
//! nothing of windows. See `docs/architecture.md`.

mod board;
mod check;
mod clock;
pub mod config;
mod engine;
pub mod event;
pub mod feed;
mod hints;
mod home;
pub mod link;
mod notify;
pub mod ports;
mod rules;
pub mod secrets;
pub mod status;
mod store;
mod wake;
mod watch;
mod words;

pub use check::{CheckReport, CheckStep, Step};
pub use clock::SystemClock;
pub use engine::{Click, Engine, EngineHandle, FeedWish, NewSecret, StartError};
pub use hints::SystemHints;
pub use home::{Home, HomeError, HomeLock, private_file};
pub use notify::DesktopNotifier;
pub use ports::Ports;
pub use store::{At, Changes, Found, LogReader, Needle, Page, ReadError, StoreError, View};
pub use watch::{FileWatch, WatchError};
pub use words::Tongue;
