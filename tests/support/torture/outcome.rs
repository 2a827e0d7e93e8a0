//! What came of a round: the ledgers, what was done, how long things took.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::ledgers::Ledgers;

/// Of one round, or of several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What was done to the receiver and around it, and how often.
    pub faults: BTreeMap<&'static str, u32>,
    /// How many of these were deaths without warning: each may repeat one notification.
    pub deaths: u32,
    /// What the ledgers say.
    pub ledgers: Ledgers,
    /// The longest time from a start, with nothing in the way, to the first row it stored.
    pub slowest_start: Duration,
    /// The longest time from a request to end to the end.
    pub slowest_end: Duration,
    /// The longest time from being continued to a new connection of every feed.
    pub slowest_waking: Duration,
    /// What took too long or ended otherwise than it should.
    pub broken: Vec<String>,
}

impl Outcome {
    /// Whether every promise was kept.
    pub fn is_clean(&self) -> bool {
        self.ledgers.agree() && self.ledgers.repeated <= self.deaths as usize && self.broken.is_empty()
    }

    /// Notes one more fault of this kind.
    pub fn count(&mut self, fault: &'static str) {
        *self.faults.entry(fault).or_insert(0) += 1;
    }

    /// Notes a death without warning.
    pub fn count_death(&mut self, how: &'static str) {
        self.count(how);
        self.deaths += 1;
    }

    /// Takes another round's into the sum.
    pub fn add(&mut self, other: Self) {
        for (fault, times) in other.faults {
            *self.faults.entry(fault).or_insert(0) += times;
        }
        self.deaths += other.deaths;
        self.ledgers.add(other.ledgers);
        self.slowest_start = self.slowest_start.max(other.slowest_start);
        self.slowest_end = self.slowest_end.max(other.slowest_end);
        self.slowest_waking = self.slowest_waking.max(other.slowest_waking);
        self.broken.extend(other.broken);
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ledgers { sent, stored, lost, doubled, out_of_order, alerts, untold, repeated, integrity } =
            &self.ledgers;
        writeln!(
            f,
            "  events    {sent} sent, {stored} stored, {lost} lost, {doubled} doubled, {out_of_order} out of order"
        )?;
        writeln!(
            f,
            "  alerts    {alerts} sent, {untold} untold, {repeated} repeated in {} deaths",
            self.deaths
        )?;
        writeln!(f, "  database  {integrity}")?;
        let [start, end, waking] =
            [self.slowest_start, self.slowest_end, self.slowest_waking].map(|time| time.as_millis());
        writeln!(
            f,
            "  slowest   {start} ms to receive after a start, {end} ms to end, {waking} ms to connect after a stop"
        )?;
        for (fault, times) in &self.faults {
            writeln!(f, "  {times:>8}  {fault}")?;
        }
        self.broken.iter().try_for_each(|broken| writeln!(f, "  broken    {broken}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean() -> Outcome {
        Outcome { ledgers: Ledgers { integrity: "ok".into(), ..Ledgers::default() }, ..Outcome::default() }
    }

    #[test]
    fn a_sum_is_clean_only_if_every_round_was() {
        let breaks: [fn(&mut Outcome); 8] = [
            |round| round.ledgers.lost = 1,
            |round| round.ledgers.doubled = 1,
            |round| round.ledgers.out_of_order = 1,
            |round| round.ledgers.untold = 1,
            |round| round.ledgers.repeated = 1,
            |round| round.ledgers.integrity = "row 7 missing from index".into(),
            |round| round.broken.push("it did not end".into()),
            |round| {
                round.count_death("killed");
                round.ledgers.repeated = 2;
            },
        ];
        let mut sum = clean();
        sum.add(clean());
        assert!(sum.is_clean());
        for (n, breaks) in breaks.into_iter().enumerate() {
            let mut round = clean();
            breaks(&mut round);
            let mut sum = sum.clone();
            sum.add(round);
            sum.add(clean());
            assert!(!sum.is_clean(), "case {n}");
        }
    }
}
