//! Tests of the real app on a virtual desktop: bus, panel, keychain, notifications, and the window through WebDriver.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test code: an expectation that fails is a failed test"
)]
#![allow(clippy::print_stderr, reason = "a failed test prints the app's output and stores a screenshot")]

mod adding;
mod closing;
mod event;
mod first_run;
mod flood;
mod hostile;
mod inspector;
mod log;
mod log_view;
mod notification;
mod pictures;
mod problems;
mod quiet;
mod restart;
mod resuming;
mod screens;
mod secret;
mod stage;
mod tray;
mod web_process;
