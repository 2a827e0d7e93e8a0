//! Compares the whole receiver with its peer: alternating in one run, each in its own process.

use std::time::Duration;

use crate::feeds::config;
use crate::machine;
use crate::receiver::{Program, Receiver};
use crate::sender::Sender;
use crate::words::value;

const BOTH: [Program; 2] = [Program::Bellwire, Program::Peer];

/// The resources that one program used for the events of one round.
#[derive(Clone, Copy, Default)]
struct Taken {
    sent: usize,
    stored: usize,
    lost: usize,
    /// The time from the first byte until all events were stored.
    seconds: f64,
    /// The processor time per event until all were stored, in microseconds.
    cpu_us: f64,
    /// The processor time per event until all were also indexed for the search, in microseconds.
    indexed_cpu_us: f64,
    /// The peak resident memory, in bytes.
    resident: f64,
}

/// Runs `load [--feeds N] [--rate R] [--seconds S] [--rounds N]`.
pub fn load(words: &[String]) {
    let feeds: usize = value(words, "--feeds", 50);
    let rate: f64 = value(words, "--rate", 10_000.0);
    let seconds: u64 = value(words, "--seconds", 20);
    let rounds: usize = value(words, "--rounds", 3);
    machine::open_files();
    let settings = settings(&[("--feeds", &feeds), ("--rate", &rate), ("--seconds", &seconds)]);
    println!("## The processor under load, compared with a peer\n");
    println!(
        "{feeds} feeds, {rate} events of about 300 bytes a second in all, for {seconds} s; median of {rounds} rounds, \
         in brackets the least and the most.\n"
    );
    let taken = in_turn(rounds, || BOTH.map(|program| measure(program, feeds, &settings)));
    head();
    counts(&taken);
    row("processor until all are stored, µs an event", &taken, |taken| taken.cpu_us);
    row("the same until all are indexed for the search, too", &taken, |taken| taken.indexed_cpu_us);
    row("most resident memory, MiB", &taken, |taken| taken.resident / machine::MIB as f64);
    println!("\nLoad average {}.", machine::load());
}

/// Runs `bulk [--events N] [--rounds N]`.
pub fn bulk(words: &[String]) {
    let events: usize = value(words, "--events", 500_000);
    let rounds: usize = value(words, "--rounds", 3);
    println!("## Many events at once, compared with a peer\n");
    println!(
        "One feed, {events} events as fast as the socket takes them; median of {rounds} rounds, in brackets the least \
         and the most.\n"
    );
    for (is_small, size) in [(false, "about 300 bytes"), (true, "about 100 bytes")] {
        let settings = settings(&[("--feeds", &1), ("--at-once", &events), ("--small", &is_small)]);
        let taken = in_turn(rounds, || BOTH.map(|program| measure(program, 1, &settings)));
        println!("Events of {size}:\n");
        head();
        counts(&taken);
        row("from the first byte until all are stored, s", &taken, |taken| taken.seconds);
        row("processor until then, µs an event", &taken, |taken| taken.cpu_us);
        row("the same until all are indexed for the search, too", &taken, |taken| taken.indexed_cpu_us);
        row("most resident memory, MiB", &taken, |taken| taken.resident / machine::MIB as f64);
        println!();
    }
    println!("Load average {}.", machine::load());
}

fn settings(values: &[(&str, &dyn ToString)]) -> Vec<String> {
    values.iter().flat_map(|(name, value)| [(*name).to_owned(), value.to_string()]).collect()
}

fn measure(program: Program, feeds: usize, settings: &[String]) -> Taken {
    let mut sender = Sender::start(settings);
    let receiver = match program {
        Program::Bellwire => Receiver::bellwire(&config(feeds, sender.port, ""), &[]),
        Program::Peer => Receiver::peer(feeds, sender.port),
    };
    let begun = sender.begun();
    let before = receiver.cpu_time();
    let sent = sender.done();
    let stored_at = receiver.stored(sent.events);
    let an_event = |time: Duration| time.saturating_sub(before).as_secs_f64() * 1e6 / sent.events as f64;
    let cpu_us = an_event(receiver.cpu_time());
    receiver.indexed();
    let indexed_cpu_us = an_event(receiver.cpu_time());
    let (different, stored) = receiver.count();
    Taken {
        sent: sent.events,
        stored,
        lost: sent.events - different,
        seconds: stored_at.saturating_sub(begun).as_secs_f64(),
        cpu_us,
        indexed_cpu_us,
        resident: receiver.peak_resident() as f64,
    }
}

/// Runs the rounds, and returns those of Bellwire and those of the peer.
fn in_turn(rounds: usize, round: impl Fn() -> [Taken; 2]) -> [Vec<Taken>; 2] {
    let all: Vec<[Taken; 2]> = (0..rounds).map(|_| round()).collect();
    [0, 1].map(|program| all.iter().map(|round| round[program]).collect())
}

fn head() {
    println!("| | Bellwire | peer | ratio |\n|---|---|---|---|");
}

fn counts(taken: &[Vec<Taken>; 2]) {
    let [ours, peer] = [0, 1].map(|program| {
        let sum = |what: fn(&Taken) -> usize| taken[program].iter().map(what).sum::<usize>();
        format!("{}, {}, {}", sum(|taken| taken.sent), sum(|taken| taken.stored), sum(|taken| taken.lost))
    });
    println!("| events sent, stored, lost in all rounds | {ours} | {peer} | |");
}

fn row(what: &str, taken: &[Vec<Taken>; 2], value: impl Fn(&Taken) -> f64) {
    let [ours, peer] = [0, 1].map(|program| {
        let mut values: Vec<f64> = taken[program].iter().map(&value).collect();
        values.sort_unstable_by(f64::total_cmp);
        values
    });
    let median = |values: &[f64]| values[values.len() / 2];
    let text = |values: &[f64]| {
        let digits = if median(values) < 10.0 { 2 } else { 1 };
        let (least, most) = (values[0], values[values.len() - 1]);
        format!("{:.digits$} ({least:.digits$} to {most:.digits$})", median(values))
    };
    println!("| {what} | {} | {} | {:.2} |", text(&ours), text(&peer), median(&ours) / median(&peer));
}
