//! Faults of the network: cuts at any byte, fragments, silence, resets.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test code: an expectation that fails is a failed test"
)]

mod adding;
mod adding_as_in_the_guide;
mod adding_services;
mod adding_signed_in;
mod answers;
mod command_line;
mod faults;
mod hints;
mod tls;
mod truncation;
mod ways;
