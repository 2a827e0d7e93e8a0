//! Runs a receiver under load and faults, and checks that no event is lost or duplicated.

pub mod chance;
pub mod deaths;
pub mod ledgers;
pub mod mixed;
pub mod outcome;
pub mod plan;
pub mod stage;
