//! The present state of feeds and program, as one comparable value that window, tray and command line draw.

mod model;
mod publisher;

pub use model::{Connection, FeedStatus, Status};
pub(crate) use publisher::StatusPublisher;
