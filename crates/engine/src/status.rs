//! The current state of the feeds and the program, as one comparable value that window, tray and command line show.

mod model;
mod publisher;

pub use model::{Connection, FeedStatus, Status};
pub(crate) use publisher::StatusPublisher;
