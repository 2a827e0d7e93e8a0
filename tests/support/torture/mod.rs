//! A receiver under load and under every fault; and the three ledgers compared.

pub mod chance;
pub mod deaths;
pub mod ledgers;
pub mod mixed;
pub mod outcome;
pub mod plan;
pub mod stage;
