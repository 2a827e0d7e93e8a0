//! The resources that a process has used, from the kernel.

use std::time::Duration;

use rustix::param::clock_ticks_per_second;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::time::{ClockId, clock_gettime};

/// One MiB, in bytes.
pub const MIB: usize = 1024 * 1024;

/// Returns the resident memory of this process, in bytes.
pub fn resident() -> usize {
    kib("/proc/self/status", "VmRSS:") * 1024
}

/// Returns the peak resident memory of this process, in bytes.
pub fn peak_resident() -> usize {
    kib("/proc/self/status", "VmHWM:") * 1024
}

/// Returns the processor time of this process, of all threads.
pub fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// Returns the kernel's monotonic clock, which all processes share.
pub fn mono() -> Duration {
    let time = clock_gettime(ClockId::Monotonic);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// Returns the processor time of another process, of all threads, in steps of 10 ms (proc_pid_stat(5), fields 14
/// and 15).
pub fn cpu_time_of(process: u32) -> Duration {
    let text =
        std::fs::read_to_string(format!("/proc/{process}/stat")).expect("the kernel reports the process");
    // The name, the field before, may contain spaces.
    let fields = text.rsplit_once(") ").map_or("", |(_, rest)| rest).split(' ');
    let ticks: u64 = fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_secs(ticks) / u32::try_from(clock_ticks_per_second()).unwrap_or(100)
}

/// Returns the peak resident memory of another process, in bytes.
pub fn peak_resident_of(process: u32) -> usize {
    kib(&format!("/proc/{process}/status"), "VmHWM:") * 1024
}

/// Returns the load average over the last minute.
pub fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or("?").to_owned()
}

/// Returns a description of the machine.
pub fn name() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{cores} cores")
}

/// Raises the limit of open files to the maximum, because each feed needs one.
pub fn open_files() {
    let limit = getrlimit(Resource::Nofile);
    // A figure that needs more fails with its own message.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
}

/// Formats a size in MiB.
pub fn mib(bytes: usize) -> String {
    format!("{:.1} MiB", bytes as f64 / MIB as f64)
}

fn kib(path: &str, name: &str) -> usize {
    let text = std::fs::read_to_string(path).expect("the kernel reports the process");
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.trim().split(' ').next()?.parse().ok()).expect("a number of KiB")
}
