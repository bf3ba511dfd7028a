//! Waiting for what must come true. A test waits for a condition and never for a time, so that it is as quick as the machine
//! and does not fail on a slow one. The unit tests include this file too.

#![allow(clippy::disallowed_methods, reason = "a deadline needs the clock of the machine")]

use std::time::{Duration, Instant};

/// Longer than anything takes on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until `holds`; panics with `what` if that does not come true.
#[track_caller]
pub(crate) fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "in vain: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
