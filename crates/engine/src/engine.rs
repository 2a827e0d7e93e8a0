//! The engine's public interface: starts the engine, queries it, changes its feeds, shuts it down.

mod configuration;
mod core;
mod feeds;
mod handle;
mod start;
mod stored_secrets;

pub use feeds::FeedWish;
pub use handle::EngineHandle;
pub use start::{Engine, StartError};
