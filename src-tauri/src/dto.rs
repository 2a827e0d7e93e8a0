//! The wire types of the bridge to the window. `ui/src/bindings` is generated from them, and `ui/src/test/golden.ts`
//! has an example of each message.

pub mod check;
pub mod error;
pub mod reason;
pub mod row;
pub mod service;
pub mod snapshot;
pub mod trace;
pub mod word;

#[cfg(test)]
mod bindings;
#[cfg(test)]
mod golden;
