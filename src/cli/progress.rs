//! The progress of long work, on a terminal: its phase and how much of it is done. Short work shows nothing.

use std::{
    sync::{Arc, mpsc},
    thread::JoinHandle,
    time::Duration,
};

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::Ui;
use crate::{
    repo::{Listing, RepoError, Source},
    text::RepoPath,
};

/// The time after which a phase is shown.
const DELAY: Duration = Duration::from_secs(1);
/// The interval at which the display is updated.
const TICK: Duration = Duration::from_millis(100);
/// The line of a phase.
const TEMPLATE: &str = "{spinner} {msg} {count} {wide_bar}";

/// A phase of long work. It is removed from the terminal when it is dropped.
pub(crate) struct Progress {
    bar: ProgressBar,
    /// Shows the phase after a while, unless the sender was dropped before.
    display: Option<(mpsc::Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Sets the number of finished steps.
    pub(crate) fn set(&self, done: usize) {
        self.bar.set_position(number(done));
    }

    /// Adds a finished step. Any thread can call it.
    pub(crate) fn step(&self) {
        self.bar.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((sender, thread)) = self.display.take() {
            drop(sender);
            // The thread only waits and draws, so it cannot panic.
            let _ = thread.join();
        }
        self.bar.finish_and_clear();
    }
}

impl Ui {
    /// Begins a phase with `size` steps, such as `writing`. It is shown after a second, if standard error is a terminal
    /// and `--quiet` was not given.
    pub(crate) fn progress(&self, doing: &'static str, size: usize) -> Progress {
        let bar = ProgressBar::with_draw_target(Some(number(size)), ProgressDrawTarget::hidden());
        bar.set_message(doing);
        let display = self.shows_progress().then(|| {
            let (sender, receiver) = mpsc::channel::<()>();
            let bar = bar.clone();
            let thread = std::thread::spawn(move || {
                if receiver.recv_timeout(DELAY) == Err(mpsc::RecvTimeoutError::Timeout) {
                    bar.set_style(style());
                    bar.set_draw_target(ProgressDrawTarget::stderr());
                    bar.enable_steady_tick(TICK);
                }
            });
            (sender, thread)
        });
        Progress { bar, display }
    }

    /// Returns `source`, whose reading is shown as a phase until the returned [`Progress`] is dropped.
    pub(crate) fn watch_reading(&self, source: Arc<dyn Source>) -> (Arc<dyn Source>, Progress) {
        let progress = self.progress("reading", 0);
        match self.shows_progress() {
            true => (Arc::new(WatchedSource { source, bar: progress.bar.clone() }), progress),
            false => (source, progress),
        }
    }
}

fn style() -> ProgressStyle {
    let count = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
        // Writing to memory cannot fail.
        let _ = out.write_str(&shown_count(state.pos(), state.len().unwrap_or_default()));
    };
    ProgressStyle::with_template(TEMPLATE)
        .map_or_else(|_| ProgressStyle::default_bar(), |style| style.with_key("count", count))
}

/// Returns the number of finished steps and of all steps. Work without steps shows only its size, because "0 of 25,000"
/// would look like a program that hangs.
fn shown_count(done: u64, size: u64) -> String {
    match (done, size) {
        (0, 0) => String::new(),
        (0, size) => HumanCount(size).to_string(),
        (done, size) => format!("{} of {}", HumanCount(done), HumanCount(size)),
    }
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// A source that counts the files that are read.
struct WatchedSource {
    source: Arc<dyn Source>,
    bar: ProgressBar,
}

impl Source for WatchedSource {
    fn list(&self) -> Result<Listing, RepoError> {
        let listing = self.source.list()?;
        self.bar.set_length(number(listing.entries.len()));
        Ok(listing)
    }

    fn read(&self, path: &RepoPath) -> Result<Vec<u8>, RepoError> {
        self.bar.inc(1);
        self.source.read(path)
    }

    fn open<'a>(&'a self, path: &RepoPath) -> Result<Box<dyn std::io::Read + 'a>, RepoError> {
        self.source.open(path)
    }

    fn size(&self, path: &RepoPath) -> Result<u64, RepoError> {
        self.source.size(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_without_steps_does_not_look_as_if_it_did_not_begin() {
        assert_eq!(
            [(0, 0), (0, 25_517), (3, 25_517)].map(|(done, size)| shown_count(done, size)),
            ["", "25,517", "3 of 25,517"]
        );
    }

    #[test]
    fn every_phase_can_be_drawn() {
        assert!(ProgressStyle::with_template(TEMPLATE).is_ok());
    }
}
