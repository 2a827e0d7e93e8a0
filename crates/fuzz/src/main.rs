//! `fuzz [TARGET …] [--for DURATION] [--seed N]`: mutates the inputs of some targets, or of each, one after the other.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool speaks through its output"
)]
#![allow(clippy::disallowed_methods, reason = "a time limit on real work needs the real clock")]

use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{fs, io, thread};

use bellwire_engine::config::parse_duration;
use bellwire_fuzz::{Campaign, Finding, TARGETS, Target, read_corpus};

/// How long each target is fuzzed where nothing else is asked for.
const USUAL: Duration = Duration::from_secs(60);

/// The time after which an input counts as one that never ends.
const HANGS: Duration = Duration::from_secs(30);

/// The input under way: when it was begun, its target, and its bytes.
type Current = Arc<Mutex<Option<(Instant, &'static str, Vec<u8>)>>>;

struct Options {
    targets: Vec<&'static Target>,
    time: Duration,
    seed: u64,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let options = match options(&arguments) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("error: {message}");
            return ExitCode::from(2);
        }
    };
    let current = Current::default();
    let watched = Arc::clone(&current);
    thread::spawn(move || end_where_it_hangs(&watched));
    for target in &options.targets {
        match fuzz(target, &options, &current) {
            Ok(None) => {}
            Ok(Some(finding)) => {
                report(target.name, &finding.input, &finding.message);
                return ExitCode::FAILURE;
            }
            Err(error) => {
                eprintln!("error: the corpus of {} cannot be read: {error}", target.name);
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}

fn options(arguments: &[String]) -> Result<Options, String> {
    let mut options = Options { targets: Vec::new(), time: USUAL, seed: 1 };
    let mut words = arguments.iter().map(String::as_str);
    while let Some(word) = words.next() {
        match word {
            "--for" => {
                let time = words.next().and_then(parse_duration);
                options.time = time.ok_or("--for takes a time such as 30s or 2h")?;
            }
            "--seed" => {
                let seed = words.next().and_then(|word| word.parse().ok());
                options.seed = seed.ok_or("--seed takes a number")?;
            }
            name => {
                let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
                let target = TARGETS.iter().find(|target| target.name == name);
                let target = target
                    .ok_or_else(|| format!("{name} is not a target; there are: {}", names.join(", ")))?;
                options.targets.push(target);
            }
        }
    }
    if options.targets.is_empty() {
        options.targets.extend(&TARGETS);
    }
    Ok(options)
}

/// Fuzzes one target for its time, and returns the first finding.
fn fuzz(target: &'static Target, options: &Options, current: &Current) -> io::Result<Option<Finding>> {
    let name = target.name;
    let corpus: Vec<Vec<u8>> = read_corpus(name)?.into_iter().map(|(_, input)| input).collect();
    println!("{name}: from {} inputs, seed {}, for {} s", corpus.len(), options.seed, options.time.as_secs());
    let mut campaign = Campaign::new(target, corpus.clone(), options.seed);
    let mut known = corpus.into_iter();
    let (begun, mut runs) = (Instant::now(), 0_u64);
    let set = |under_way| *current.lock().unwrap_or_else(PoisonError::into_inner) = under_way;
    while begun.elapsed() < options.time {
        let input = known.next().unwrap_or_else(|| campaign.next_input());
        set(Some((Instant::now(), name, input.clone())));
        if let Err(finding) = campaign.run(input) {
            return Ok(Some(finding));
        }
        runs += 1;
    }
    set(None);
    println!("{name}: {runs} inputs, {} different outcomes, nothing found", campaign.outcomes());
    Ok(None)
}

/// Reports an input that never ends, and ends the program: nothing else could.
fn end_where_it_hangs(current: &Current) {
    loop {
        thread::sleep(Duration::from_secs(1));
        let under_way = current.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((begun, target, input)) = under_way
            && begun.elapsed() > HANGS
        {
            report(target, &input, &format!("it did not end within {} s", HANGS.as_secs()));
            std::process::exit(1);
        }
    }
}

/// Prints a finding, and keeps its input in a file.
fn report(target: &str, input: &[u8], message: &str) {
    let dir = Path::new("target/fuzz").join(target);
    let hash = input.iter().fold(5381_u64, |hash, byte| hash.wrapping_mul(33) ^ u64::from(*byte));
    let path = dir.join(format!("found-{hash:016x}"));
    eprintln!("{target}: {message}");
    match fs::create_dir_all(&dir).and_then(|()| fs::write(&path, input)) {
        Ok(()) => eprintln!(
            "its input is in {}; once the fault is fixed, move it to crates/fuzz/corpus/{target} and name it after the fault",
            path.display()
        ),
        Err(error) => eprintln!("its input cannot be kept: {error}\n{:?}", String::from_utf8_lossy(input)),
    }
}
