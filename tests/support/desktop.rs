//! The virtual desktop, and a connection to its session bus.

pub use xtask::desktop::{Options, VirtualDesktop};

/// Connects to the desktop's session bus.
pub async fn connect(desktop: &VirtualDesktop) -> zbus::Connection {
    zbus::connection::Builder::address(desktop.bus_address().as_str())
        .expect("the desktop's bus address is well formed")
        .build()
        .await
        .expect("the desktop's bus takes connections")
}
