//! Subscribes to feeds and passes what they send to the store.

mod addresses;
mod cause;
mod client;
mod cookies;
mod credentials;
mod decode;
mod error_chain;
mod failure;
mod feed_task;
mod fields;
mod hints;
mod http;
mod network;
mod proxy_fault;
mod query;
mod quiet_cuts;
mod redirects;
mod resume_point;
mod spec;
mod subscribed;
mod subscribing;
mod subscription;
mod supervisor;
mod tls;
mod tls_fault;

pub use addresses::is_sent_in_clear;
pub(crate) use hints::follow as follow_hints;
pub use network::Network;
pub use spec::{Activity, Spec};
pub use subscribed::Subscribed;
pub(crate) use supervisor::{Control, Supervisor};
