//! The desktop's services as the program meets them: absent, hanging, killed in a call, back again.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test code: an expectation that fails is a failed test"
)]

mod keychain;
mod notifications;
mod receiver;
