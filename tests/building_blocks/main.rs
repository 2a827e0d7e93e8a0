//! Tests of the suites' building blocks, without the app.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "test code: an expectation that fails is a failed test"
)]

mod desktop;
mod servers;
mod tray;
mod tray_item;
mod window;
