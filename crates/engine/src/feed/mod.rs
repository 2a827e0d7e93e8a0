//! From the socket to the store: one task a feed.

mod client;
mod failure;
mod http;
mod incoming;
mod network;
mod receiver;
mod resume;
mod spec;
mod subscription;
mod supervisor;
mod tls;

pub use incoming::{Arrival, Incoming, IncomingEvent, ReceivedLines};
pub use network::Network;
pub use resume::{CursorExpression, Resume};
pub use spec::{SignIn, Signal, Spec};
pub use subscription::Subscribed;
pub(crate) use supervisor::{Control, Supervisor};
