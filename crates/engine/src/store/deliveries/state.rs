//! The states of a delivery, and what deliveries count.

/// Waits to be claimed.
pub(super) const WAITING: i64 = 0;
/// Was handed to the dispatcher.
pub(super) const CLAIMED: i64 = 1;
/// Was shown.
pub(super) const SHOWN: i64 = 2;

/// What lets SQLite use the index of deliveries that are not done; it does not conclude this by itself.
pub(super) const OPEN: &str = "state < 2";

/// How many event types are counted by name.
const MAX_COUNTED: usize = 20;

/// The longest name that is counted, in characters: more is never shown.
const MAX_NAME: usize = 100;

/// Counts `n` more events of a type, by name while there is room for names. Names that begin alike for very long are
/// counted as one.
pub(super) fn count_type(counts: &mut Vec<(String, u64)>, event_type: &str, n: u64) {
    let event_type = match event_type.char_indices().nth(MAX_NAME) {
        Some((end, _)) => &event_type[..end],
        None => event_type,
    };
    if let Some((_, count)) = counts.iter_mut().find(|(name, _)| name == event_type) {
        *count += n;
    } else if counts.len() < MAX_COUNTED {
        counts.push((event_type.to_owned(), n));
    }
}
