//! What this process has used, as the kernel counts it.

use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::time::{ClockId, clock_gettime};

/// A mebibyte.
pub const MIB: usize = 1024 * 1024;

/// Resident memory now, in bytes.
pub fn resident() -> usize {
    status_kib("VmRSS:") * 1024
}

/// The most memory that was ever resident, in bytes.
pub fn peak_resident() -> usize {
    status_kib("VmHWM:") * 1024
}

/// Processor time of all threads so far.
pub fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// How many programs want a processor, on average over the last minute.
pub fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or("?").to_owned()
}

/// The machine as far as the figures need it.
pub fn name() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{cores} cores")
}

/// Takes as many open files as the system allows: each feed is one.
pub fn open_files() {
    let limit = getrlimit(Resource::Nofile);
    // A figure that needs more says so itself.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
}

/// Mebibytes, for people.
pub fn mib(bytes: usize) -> String {
    format!("{:.1} MiB", bytes as f64 / MIB as f64)
}

fn status_kib(name: &str) -> usize {
    let text = std::fs::read_to_string("/proc/self/status").expect("the kernel tells of this process");
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.trim().split(' ').next()?.parse().ok()).expect("a number of KiB")
}
