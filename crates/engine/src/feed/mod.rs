//! From the socket to the store: one task a feed.

mod failure;
mod gate;
mod http;
mod incoming;
mod receiver;
mod resume;
mod subscription;
mod supervisor;
mod tls;

pub use gate::Gate;
pub use incoming::Incoming;
pub use resume::{CursorExpression, Resume};
pub use subscription::{SignIn, Signal, Spec, subscribe};
pub(crate) use supervisor::{Control, Supervisor};
