//! Bytes to events, as WHATWG HTML 9.2.5 and 9.2.6 have it.
//!
//! `state.rs` holds what is unfinished, `lines.rs` finds the lines in a chunk, `block.rs` gives each line its meaning.

mod block;
mod lines;
mod state;

pub use state::{Decoder, Limits};

#[cfg(test)]
mod tests;
