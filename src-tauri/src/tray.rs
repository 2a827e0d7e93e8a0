//! The tray: a comparable [`menu::Menu`], drawn by one adapter for each system.

pub mod menu;
mod pixmap;
mod text;

#[cfg(target_os = "linux")]
#[path = "tray/tray_ksni.rs"]
mod adapter;
#[cfg(not(target_os = "linux"))]
#[path = "tray/tray_tauri.rs"]
mod adapter;

pub use adapter::spawn;
