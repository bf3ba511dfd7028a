//! What work takes of this machine: time of its processors, and memory.

use std::fs;

use rustix::time::{ClockId, clock_gettime};

/// How long processors worked for this process so far, all threads together, in seconds.
pub(crate) fn processor() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// What some work took.
#[derive(Clone, Copy)]
pub(crate) struct Cost {
    /// Seconds of processors.
    pub seconds: f64,
    /// The most memory that it had at once beside what was there before, in MB.
    pub megabytes: u64,
}

/// Does `work`, and tells what it made and what that took.
pub(crate) fn cost<T>(work: impl FnOnce() -> T) -> (T, Cost) {
    // From here on the most memory is counted anew.
    fs::write("/proc/self/clear_refs", "5").expect("a Linux");
    let (before, start) = (kilobytes("VmRSS:"), processor());
    let made = work();
    let megabytes = kilobytes("VmHWM:").saturating_sub(before) / 1_000;
    (made, Cost { seconds: processor() - start, megabytes })
}

/// A line of what Linux says of this process.
fn kilobytes(name: &str) -> u64 {
    let text = fs::read_to_string("/proc/self/status").expect("a Linux");
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or_default()
}
