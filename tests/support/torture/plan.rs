//! What befalls a receiver in each of its lives: drawn from a seed before anything begins.

use std::time::Duration;

use super::chance::Chance;
use crate::support::proxy::Fault;

/// How one start of the receiver goes, from its first moment to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    /// What befalls its connections.
    pub network: Network,
    /// The notification daemon at the start, and from half of the life on.
    pub daemon: [Daemon; 2],
    /// How long it lives after its first row, or after it waited for one in vain; half of it before the stop.
    pub lasts: Duration,
    /// Stopped (SIGSTOP) for so long in the middle, its connections cut meanwhile.
    pub stopped: Option<Duration>,
    /// How it ends.
    pub end: End,
}

/// What befalls the connections of one life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Network {
    /// Nothing.
    Calm,
    /// The first connections of each feed, one list a feed.
    Faults(Vec<Vec<Fault>>),
    /// The way to this feed's origin is refused for so long.
    Refused(usize, Duration),
    /// This feed's origin answers so first.
    Status(usize, Vec<u16>),
    /// This feed's origin goes away for so long.
    Restart(usize, Duration),
}

/// How the notification daemon is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Daemon {
    /// As it should be.
    Well,
    /// Not there.
    Gone,
    /// Takes calls and does not answer.
    Hanging,
}

/// How a life ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// SIGKILL.
    Kill,
    /// SIGTERM.
    Terminate,
    /// SIGINT.
    Interrupt,
}

/// So many lives with so many feeds; some of them long enough for slow deadlines to pass.
pub fn lives(seed: u64, count: u32, feeds: usize) -> Vec<Life> {
    let mut chance = Chance::new(seed);
    (0..count).map(|n| life(&mut chance, n, feeds)).collect()
}

/// A life with nothing but a long stop.
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
    // In turn, so that even a short run meets each kind of fault and of end.
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
    fn the_same_seed_is_the_same_plan_and_another_is_another() {
        assert_eq!(lives(7, 50, 3), lives(7, 50, 3));
        assert_ne!(lives(7, 50, 3), lives(8, 50, 3));
    }

    #[test]
    fn a_hundred_lives_meet_every_fault() {
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
