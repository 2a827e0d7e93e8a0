//! What a target of the fuzzer is, and what targets share.

use std::hash::{DefaultHasher, Hash, Hasher};

/// A parser that bytes from outside reach, with what must hold of its results.
pub struct Target {
    /// Its name, and that of its folder in the corpus.
    pub name: &'static str,
    /// Parts of its language, which mutations put into inputs.
    pub(crate) words: &'static [&'static [u8]],
    /// The most memory that an input of 64 KiB may take, in bytes.
    pub(crate) max_memory: usize,
    /// Panics where something does not hold. Returns what became of the input, as [`shape`] makes it.
    pub(crate) run: fn(&[u8]) -> u64,
}

pub(crate) const MIB: usize = 1024 * 1024;

/// Returns a number for what became of an input.
pub(crate) fn shape(of: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

/// Returns the magnitude of a number: its bits.
pub(crate) fn magnitude(number: usize) -> u32 {
    usize::BITS - number.leading_zeros()
}
