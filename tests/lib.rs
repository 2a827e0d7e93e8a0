//! The building blocks that the test suites share: servers, faults, a virtual desktop. See docs/architecture.md.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test code: an expectation that fails is a failed test"
)]
#![allow(clippy::disallowed_methods, reason = "time limits on real processes need the real clock")]

pub mod support;
