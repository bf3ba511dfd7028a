//! Progress bars.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Ui;

/// A progress bar. It is hidden without a terminal.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Sets the number of finished steps.
    pub(crate) fn set(&self, done: usize) {
        self.0.set_position(u64::try_from(done).unwrap_or(u64::MAX));
    }

    /// Removes the bar.
    pub(crate) fn finish(self) {
        self.0.finish_and_clear();
    }
}

impl Ui {
    /// Shows a progress bar for `size` steps.
    pub(crate) fn progress(&self, doing: &'static str, size: usize) -> Progress {
        let target =
            if self.shows_progress() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(u64::try_from(size).ok(), target);
        if let Ok(style) = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len}") {
            bar.set_style(style);
        }
        bar.set_message(doing);
        Progress(bar)
    }
}
