//! Waits for conditions. A test never waits for a fixed time, so that it is as fast as the machine and does not fail on a
//! slow one. The unit tests also include this file.

#![allow(clippy::disallowed_methods, reason = "a deadline needs the clock of the machine")]

use std::time::{Duration, Instant};

/// The longest wait; no step takes this long, even on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until `holds` returns true. Panics with `what` if this takes too long.
#[track_caller]
pub(crate) fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "timed out waiting for: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
