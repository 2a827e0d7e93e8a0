//! The engine against servers that others wrote: those of tutorials, and nginx with nchan.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test code: an expectation that fails is a failed test"
)]

mod command_line;
mod nchan;
mod tutorials;
