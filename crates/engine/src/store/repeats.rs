//! Which rows a server sent again on one connection.

use std::collections::HashSet;

/// How many rows that come out of their order are accounted for at most.
const OUT_OF_ORDER: usize = 1000;

/// The rows that came again on one connection. Each accounts for one repeat: a feed that says the same over and over is
/// heard again once it has said it as often as before.
#[derive(Clone, Debug, Default)]
pub(crate) struct Repeats {
    newest: i64,
    out_of_order: HashSet<i64>,
}

impl Repeats {
    /// Returns whether one of these rows, ascending, had not come again yet.
    pub fn take(&mut self, alike: &[i64]) -> bool {
        if let Some(seq) = alike.iter().find(|seq| **seq > self.newest) {
            self.newest = *seq;
            return true;
        }
        match alike {
            [seq] if *seq < self.newest && self.out_of_order.len() < OUT_OF_ORDER => {
                self.out_of_order.insert(*seq)
            }
            _ => false,
        }
    }
}
