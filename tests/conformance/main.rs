//! Checks the decoder, the subscription and a peer against public test cases of the EventSource standard.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a case that cannot be read fails the test")]

mod bodies;
mod cases;
mod parse;
mod random;
mod record;
mod reference;
mod runner;
mod sockets;
mod verdict;
