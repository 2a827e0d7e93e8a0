//! Tests of the engine's public interface, over real sockets.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test code: an expectation that fails is a failed test"
)]

mod answers;
mod checking;
mod clock_set;
mod config;
mod connection;
mod control;
mod gap_rows;
mod hostile_server;
mod notify;
#[cfg(unix)]
mod planted;
mod polling;
mod presets;
mod replay;
mod resume;
mod rules;
mod secret_names;
mod secrets;
mod sign_in;
mod socks;
mod store_damage;
mod store_feed_rows;
mod store_full;
mod store_outbox;
mod store_poison;
mod store_reading;
mod store_retention;
mod store_search;
mod store_shares;
mod store_unread;
mod store_versions;
mod subscribe;
mod trace;
