//! Mutates inputs of the parsers that bytes from outside reach, and checks what must hold of the results.
//!
//! It runs on stable Rust and does not see which code an input reaches. In place of that, each target describes what became
//! of its input (which kinds of items, which problem, how large), and an input with a new description is mutated further.
//! So it finds less than a fuzzer that is guided by coverage, and its figures are numbers of inputs, not of branches.
//!
//! `corpus/TARGET` holds the inputs to begin with, and those that once failed. The tests mutate them for seconds, with a
//! fixed seed; `cargo xtask fuzz` for as long as one likes.
#![allow(clippy::panic, reason = "a target panics where what must hold does not")]
#![allow(clippy::disallowed_methods, reason = "the time that an input takes is that of the real clock")]

mod campaign;
mod chance;
mod corpus;
mod memory;
mod mutation;
mod target;
mod targets;

pub use campaign::{Campaign, Finding};
pub use corpus::{corpus_dir, read_corpus};
pub use target::Target;
pub use targets::TARGETS;
