//! The public entry: start the engine, ask it, change what it does, end it.

mod configuration;
mod core;
mod feeds;
mod handle;
mod start;

pub use feeds::FeedWish;
pub use handle::EngineHandle;
pub use start::{Engine, StartError};
