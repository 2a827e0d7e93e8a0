//! The EventSource standard, case by case, against the decoder.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a case that cannot be read fails the test")]

mod cases;
mod parse;
mod random;
mod record;
mod reference;
mod sockets;
