//! Tests of the engine with servers by other authors: those of tutorials, nginx with nchan, libraries for Python and
//! Node; and behind proxies by other authors.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test code: an expectation that fails is a failed test"
)]

mod better_sse;
mod command_line;
mod counting;
mod django;
mod faults;
mod mcp;
mod nchan;
mod node;
mod proxies;
mod sse_starlette;
mod story;
mod table;
mod tutorials;
