//! What the window may ask. Each command checks, asks the engine, and translates.

mod desktop;
pub mod feeds;
pub mod log;

pub use desktop::Desktop;
