//! Server-Sent Events without I/O: bytes to events, and the decisions about reconnecting.
//!
//! Nothing here opens a socket, reads a clock, draws a random number or waits: bytes, time and chance come in as
//! parameters, so every rule can be tested in milliseconds. The rules are those of the EventSource standard,
//! WHATWG HTML 9.2 (<https://html.spec.whatwg.org/multipage/server-sent-events.html>), and where a long-lived
//! receiver has to go beyond it, the item says so.

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
