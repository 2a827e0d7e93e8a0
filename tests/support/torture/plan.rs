//! A plan of faults for each run of a receiver, drawn from a seed before the start.

use std::time::Duration;

use super::chance::Chance;
use crate::support::proxy::Fault;

/// The faults of one run of the receiver, from its start to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    /// The faults of its connections.
    pub network: Network,
    /// The state of the notification service in the first and in the second half.
    pub daemon: [Daemon; 2],
    /// The time after the first row, or after the timeout for it. Half of it is before the stop.
    pub lasts: Duration,
    /// The time for which it is stopped (SIGSTOP) in the middle, with its connections cut.
    pub stopped: Option<Duration>,
    /// How it ends.
    pub end: End,
}

/// The faults of the connections of one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Network {
    /// Nothing.
    Calm,
    /// Faults of the first connections of each feed; one list per feed.
    Faults(Vec<Vec<Fault>>),
    /// Connections to this feed's server are refused for this time.
    Refused(usize, Duration),
    /// This feed's server first answers with these statuses.
    Status(usize, Vec<u16>),
    /// This feed's server is down for this time.
    Restart(usize, Duration),
}

/// The state of the notification service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Daemon {
    /// It works.
    Well,
    /// It is not running.
    Gone,
    /// It does not answer calls.
    Hanging,
}

/// How a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// SIGKILL.
    Kill,
    /// SIGTERM.
    Terminate,
    /// SIGINT.
    Interrupt,
}

/// Returns the plan of `count` runs with this number of feeds. Some runs are long enough for timeouts of several
/// seconds to expire.
pub fn lives(seed: u64, count: u32, feeds: usize) -> Vec<Life> {
    let mut chance = Chance::new(seed);
    (0..count).map(|n| life(&mut chance, n, feeds)).collect()
}

/// Returns a run without faults except one long stop.
pub fn long_stop(time: Duration) -> Life {
    Life {
        network: Network::Calm,
        daemon: [Daemon::Well; 2],
        lasts: Duration::from_secs(2),
        stopped: Some(time),
        end: End::Terminate,
    }
}

fn life(chance: &mut Chance, n: u32, feeds: usize) -> Life {
    // The kinds of fault alternate, so that even a short plan contains each of them.
    let is_stopped = n % 6 == 5;
    let network = match n % 6 {
        0 => Network::Faults((0..feeds).map(|_| faults(chance)).collect()),
        1 => Network::Refused(feed(chance, feeds), millis(chance, 100, 1_500)),
        2 => Network::Status(feed(chance, feeds), (0..=chance.below(2)).map(|_| status(chance)).collect()),
        3 => Network::Restart(feed(chance, feeds), millis(chance, 50, 1_000)),
        4 => Network::Faults((0..feeds).map(|_| faults(chance)).collect()),
        _ => Network::Calm,
    };
    let end = match chance.below(4) {
        0 | 1 => End::Kill,
        2 => End::Terminate,
        _ => End::Interrupt,
    };
    let is_long = chance.below(12) == 0;
    Life {
        network,
        daemon: [daemon(chance), daemon(chance)],
        lasts: if is_long { millis(chance, 6_000, 9_000) } else { millis(chance, 50, 1_200) },
        stopped: is_stopped.then(|| millis(chance, 300, 3_000)),
        end,
    }
}

fn faults(chance: &mut Chance) -> Vec<Fault> {
    (0..=chance.below(2)).map(|_| fault(chance)).collect()
}

fn fault(chance: &mut Chance) -> Fault {
    let at = usize::try_from(chance.below(30_000)).unwrap_or_default();
    match chance.below(6) {
        0 => Fault::Cut(at),
        1 => Fault::Reset(at),
        2 => Fault::Silence(at),
        3 => Fault::Fragments,
        4 => Fault::Delay(millis(chance, 5, 300)),
        _ => Fault::None,
    }
}

fn status(chance: &mut Chance) -> u16 {
    [503, 429, 500, 502][usize::try_from(chance.below(4)).unwrap_or_default()]
}

fn daemon(chance: &mut Chance) -> Daemon {
    match chance.below(5) {
        0 => Daemon::Gone,
        1 => Daemon::Hanging,
        _ => Daemon::Well,
    }
}

fn feed(chance: &mut Chance, feeds: usize) -> usize {
    usize::try_from(chance.below(feeds as u64)).unwrap_or_default()
}

fn millis(chance: &mut Chance, least: u64, most: u64) -> Duration {
    Duration::from_millis(least + chance.below(most - least))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_plan_and_another_seed_another() {
        assert_eq!(lives(7, 50, 3), lives(7, 50, 3));
        assert_ne!(lives(7, 50, 3), lives(8, 50, 3));
    }

    #[test]
    fn a_plan_of_a_hundred_runs_contains_every_fault() {
        let lives = lives(1, 100, 3);
        let has = |is: fn(&Life) -> bool| lives.iter().any(is);
        assert!(has(|life| matches!(life.network, Network::Refused(..))));
        assert!(has(|life| matches!(life.network, Network::Status(..))));
        assert!(has(|life| matches!(life.network, Network::Restart(..))));
        assert!(has(|life| life.stopped.is_some()));
        for end in [End::Kill, End::Terminate, End::Interrupt] {
            assert!(lives.iter().any(|life| life.end == end), "{end:?}");
        }
        for daemon in [Daemon::Well, Daemon::Gone, Daemon::Hanging] {
            assert!(lives.iter().any(|life| life.daemon.contains(&daemon)), "{daemon:?}");
        }
        let faults = lives.iter().filter_map(|life| match &life.network {
            Network::Faults(faults) => Some(faults.concat()),
            _ => None,
        });
        let faults: Vec<Fault> = faults.flatten().collect();
        let meets = |is: fn(&Fault) -> bool| faults.iter().any(is);
        assert!(
            meets(|fault| matches!(fault, Fault::Cut(_))) && meets(|fault| matches!(fault, Fault::Reset(_)))
        );
        assert!(
            meets(|fault| matches!(fault, Fault::Silence(_))) && meets(|fault| *fault == Fault::Fragments)
        );
        assert!(meets(|fault| matches!(fault, Fault::Delay(_))));
    }
}
