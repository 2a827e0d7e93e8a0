//! Shows committed deliveries as notifications on the desktop.

mod dispatch;
mod text;
mod words;

pub(crate) use dispatch::{Dispatcher, run};
