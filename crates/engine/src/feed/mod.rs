//! From the socket to the store: one task a feed.

mod failure;
mod http;
mod incoming;
mod receiver;
mod subscription;
mod supervisor;

pub use incoming::Incoming;
pub use subscription::{SignIn, Signal, Spec, subscribe};
pub(crate) use supervisor::{Control, Supervisor};
