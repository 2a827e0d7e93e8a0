//! Changes of an input.

use crate::chance::Chance;

/// The largest input, in bytes. Work that grows with the square of an input shows at this size.
pub(crate) const MAX_INPUT: usize = 64 * 1024;

/// Returns an input made from one of these by one to eight changes. `words` are parts of the target's language.
pub(crate) fn mutated(chance: &mut Chance, inputs: &[Vec<u8>], words: &[&[u8]]) -> Vec<u8> {
    let mut input = chance.one_of(inputs).cloned().unwrap_or_default();
    for _ in 0..=chance.below(8) {
        change(chance, &mut input, inputs, words);
    }
    input.truncate(MAX_INPUT);
    input
}

fn change(chance: &mut Chance, input: &mut Vec<u8>, inputs: &[Vec<u8>], words: &[&[u8]]) {
    let at = chance.below(input.len() + 1);
    let end = at + chance.below((input.len() - at).min(40) + 1);
    match chance.below(10) {
        0 => drop(input.drain(at..end)),
        1 => input.insert(at, chance.next().to_le_bytes()[0]),
        2 => {
            if let Some(byte) = input.get_mut(at) {
                *byte ^= 1 << chance.below(8);
            }
        }
        // A piece of another input.
        3 => {
            if let Some(other) = chance.one_of(inputs) {
                let from = chance.below(other.len() + 1);
                let to = from + chance.below(other.len() - from + 1);
                drop(input.splice(at..at, other[from..to].iter().copied()));
            }
        }
        // The same again and again: it shows what grows faster than its input.
        4 => {
            let piece = input[at..end].to_vec();
            let most = (MAX_INPUT / piece.len().max(1)).min(1 << chance.below(16));
            let times = chance.below(most) >> chance.below(8);
            drop(input.splice(at..at, piece.repeat(times)));
        }
        5 => {
            let number = number(chance);
            drop(input.splice(at..end, number.into_bytes()));
        }
        _ => {
            if let Some(word) = chance.one_of(words) {
                let end = if chance.below(2) == 0 { at } else { end };
                drop(input.splice(at..end, word.iter().copied()));
            }
        }
    }
}

/// Returns a number near the end of a range.
fn number(chance: &mut Chance) -> String {
    let ends =
        [0, 1, 63, 64, 127, 255, 4096, 65_535, 100_000_000, 1 << 31, 1 << 32, 1 << 53, 1 << 63, u64::MAX];
    let end = i128::from(chance.one_of(&ends).copied().unwrap_or(0));
    let near = end + [-1, 0, 1][chance.below(3)];
    if chance.below(4) == 0 { format!("-{near}") } else { near.to_string() }
}
