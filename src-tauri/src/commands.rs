//! The window's commands. Each checks its arguments, calls the engine, and converts the result.

mod desktop;
pub mod feeds;
pub mod log;

pub use desktop::Desktop;
