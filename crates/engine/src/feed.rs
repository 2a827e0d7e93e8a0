//! Subscribes to feeds and passes what they send to the store.

mod addresses;
mod client;
mod cookies;
mod credentials;
mod decode;
mod failure;
mod feed_task;
mod hints;
mod http;
mod network;
mod query;
mod quiet_cuts;
mod resume_point;
mod spec;
mod subscribed;
mod subscribing;
mod subscription;
mod supervisor;
mod tls;

pub use addresses::is_sent_in_clear;
pub(crate) use hints::follow as follow_hints;
pub use network::Network;
pub use spec::{Activity, Spec};
pub use subscribed::Subscribed;
pub(crate) use supervisor::{Control, Supervisor};
