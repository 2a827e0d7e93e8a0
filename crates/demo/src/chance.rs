//! Pseudo-random numbers without state: each number is a hash of its keys.

/// Returns a number that depends on `keys` alone (SplitMix64 over each in turn).
pub(crate) fn draw(keys: &[u64]) -> u64 {
    keys.iter().fold(0, |state, key| mix(state ^ mix(*key)))
}

/// Returns a number below `bound`. Panics if `bound` is 0.
pub(crate) fn below(bound: u64, keys: &[u64]) -> u64 {
    draw(keys) % bound
}

/// Returns a number in `[0, 1)`.
pub(crate) fn unit(keys: &[u64]) -> f64 {
    (draw(keys) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Returns the value at `at` of a smooth curve through random values in `[-1, 1)`, one for each integer (value noise).
/// `at` must not be negative.
pub(crate) fn wave(at: f64, keys: &[u64; 3]) -> f64 {
    let [a, b, c] = *keys;
    let height = |step: u64| unit(&[a, b, c, step]) * 2.0 - 1.0;
    let step = at.floor();
    let part = at - step;
    let ease = part * part * (3.0 - 2.0 * part);
    let (from, to) = (height(step as u64), height(step as u64 + 1));
    from + (to - from) * ease
}

fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}
