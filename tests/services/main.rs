//! Desktop services that are missing, hanging, killed during a call, or restarted.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test code: an expectation that fails is a failed test"
)]

mod keychain;
mod notifications;
mod receiver;
mod secrets_of_homes;
