//! Decodes bytes to events according to WHATWG HTML 9.2.5 and 9.2.6.
//!
//! `state.rs` holds the decoder's state, `lines.rs` splits chunks into lines, `block.rs` interprets each line.

mod block;
mod lines;
mod state;

pub use state::{Decoder, Limits};

#[cfg(test)]
mod tests;
