//! Bellwire's engine: it holds the subscriptions, stores what arrives, decides what notifies, and knows
//! nothing of windows. See `docs/architecture.md`.

pub mod event;
pub mod status;
