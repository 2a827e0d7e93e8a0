//! Kills, signals and mixed faults under load: a short version of `cargo xtask torture`.

mod deaths;
mod mixed;
mod refused_writes;
mod signals;
