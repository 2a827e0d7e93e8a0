//! The result of a round: the comparison, the faults, the times.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::ledgers::Ledgers;

/// The result of one round, or the sum of several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The number of faults of each kind.
    pub faults: BTreeMap<&'static str, u32>,
    /// The number of kills (SIGKILL) among them. Each may repeat one notification.
    pub deaths: u32,
    /// The comparison of events, log and notifications.
    pub ledgers: Ledgers,
    /// The longest time from a start without faults to the first stored row.
    pub slowest_start: Duration,
    /// The longest time from a request to end until the end.
    pub slowest_end: Duration,
    /// The longest time from SIGCONT until every feed has connected again.
    pub slowest_waking: Duration,
    /// Descriptions of what took too long or ended with the wrong code.
    pub broken: Vec<String>,
}

impl Outcome {
    /// Returns whether all requirements were met.
    pub fn is_clean(&self) -> bool {
        self.ledgers.agree() && self.ledgers.repeated <= self.deaths as usize && self.broken.is_empty()
    }

    /// Counts a fault.
    pub fn count(&mut self, fault: &'static str) {
        *self.faults.entry(fault).or_insert(0) += 1;
    }

    /// Counts a kill.
    pub fn count_death(&mut self, how: &'static str) {
        self.count(how);
        self.deaths += 1;
    }

    /// Adds the result of another round.
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
