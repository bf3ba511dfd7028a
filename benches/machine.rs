//! Measures the processor time and memory of some work.

use std::fs;

use rustix::time::{ClockId, clock_gettime};

/// Returns the processor time of this process so far, of all threads, in seconds.
pub(crate) fn processor() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// The cost of some work.
#[derive(Clone, Copy)]
pub(crate) struct Cost {
    /// The processor time in seconds.
    pub seconds: f64,
    /// The peak memory during the work, without the memory used before it, in MB.
    pub megabytes: u64,
}

/// Runs `work` and returns its result and its cost.
pub(crate) fn cost<T>(work: impl FnOnce() -> T) -> (T, Cost) {
    // This resets the peak memory of the process.
    fs::write("/proc/self/clear_refs", "5").expect("this benchmark needs Linux");
    let (before, start) = (kilobytes("VmRSS:"), processor());
    let result = work();
    let megabytes = kilobytes("VmHWM:").saturating_sub(before) / 1_000;
    (result, Cost { seconds: processor() - start, megabytes })
}

/// Reads a value that Linux reports about this process.
fn kilobytes(name: &str) -> u64 {
    let text = fs::read_to_string("/proc/self/status").expect("this benchmark needs Linux");
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or_default()
}
