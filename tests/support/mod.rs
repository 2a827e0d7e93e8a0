//! The building blocks of the suites, one in each module.

pub mod bus;
pub mod client;
pub mod desktop;
pub mod door;
pub mod history;
pub mod history_server;
pub mod http;
pub mod keyring;
pub mod nchan;
pub mod node;
pub mod notifyd;
pub mod origin;
pub mod peer;
pub mod programs;
pub mod proxy;
pub mod receiver;
pub mod reverse_proxy;
pub mod steered;
pub mod ticker;
pub mod torture;
pub mod tray;
pub mod trust;
pub mod wait;
pub mod webdriver;
pub mod world;
