//! The outcomes of commands that ran without an error.

/// The outcome of a command that ran without an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Success: exit status 0.
    Done,
    /// There are findings at level deny, or a part of the work was skipped: exit status 1.
    ProblemsFound,
    /// The commit was made but not pushed: exit status 2. Running the same command again pushes it.
    NotPushed,
}

impl Outcome {
    pub(crate) fn exit_status(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::ProblemsFound => 1,
            Self::NotPushed => 2,
        }
    }
}
