//! Decodes Server-Sent Events and decides when to reconnect, without I/O.
//!
//! Nothing here opens a socket, reads a clock, draws a random number or waits: bytes, time and random numbers are
//! parameters, so every rule can be tested in milliseconds. The rules are those of the EventSource standard,
//! WHATWG HTML 9.2 (<https://html.spec.whatwg.org/multipage/server-sent-events.html>). Where a long-lived receiver
//! deviates from it, the documentation of the item says so.

mod backoff;
mod decoder;
mod item;
mod received;
mod scan;
mod status;

pub use backoff::{Backoff, DropKind};
pub use decoder::{Decoder, Limits};
pub use item::{Event, Item, Oversize, Skipped};
pub use received::{Layout, Received};
pub use status::{Verdict, classify};
