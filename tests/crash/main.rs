//! Deaths, signals and every fault at once, under load: the quick form of `cargo xtask torture`.

mod deaths;
mod mixed;
mod refused_writes;
mod signals;
