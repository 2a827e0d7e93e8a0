//! Demo feeds over Server-Sent Events: `/quotes`, `/places` and `/alerts`.
//!
//! The n-th event of a feed is a pure function of the seed and n, and n follows from the wall clock. So a feed
//! continues without subscribers, its history uses no memory, and ids stay valid after a restart of the server: a
//! replay includes the events of the time in which the server did not run.

mod alerts;
mod chance;
mod faults;
mod feed;
mod happening;
mod options;
mod places;
mod quotes;
mod server;
mod stream;

pub use feed::Feed;
pub use happening::Happening;
pub use options::{Options, Pace};
pub use server::{Error, serve, serve_at};
