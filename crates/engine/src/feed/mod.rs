//! From the socket to the store: one task a feed.

mod failure;
mod http;
mod incoming;
mod network;
mod receiver;
mod resume;
mod subscription;
mod supervisor;
mod tls;

pub use incoming::Incoming;
pub use network::Network;
pub use resume::{CursorExpression, Resume};
pub use subscription::{SignIn, Signal, Spec, Subscribed};
pub(crate) use supervisor::{Control, Supervisor};
