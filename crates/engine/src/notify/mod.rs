//! From a committed delivery to the desktop.

mod desktop;
mod dispatch;
mod text;

pub use desktop::DesktopNotifier;
pub(crate) use dispatch::{Dispatcher, run};
