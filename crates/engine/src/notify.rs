//! From a committed delivery to the desktop.

mod dispatch;
mod text;
mod words;

pub(crate) use dispatch::{Dispatcher, run};
