//! How far long work is, on a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Ui;

/// Work of a known size. Nothing is drawn where there is no terminal, and nothing for work that is done at once.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// How much is done.
    pub(crate) fn set(&self, done: usize) {
        self.0.set_position(u64::try_from(done).unwrap_or(u64::MAX));
    }

    /// Takes the line away.
    pub(crate) fn finish(self) {
        self.0.finish_and_clear();
    }
}

impl Ui {
    /// Shows how far work of `size` steps is.
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
