//! Bellwire's desktop: tray, window and notifications' clicks, around the engine. Wiring only; see
//! `docs/architecture.md`.

mod controller;
mod tray;
mod words;

fn main() {}
