//! The exit status of a command that did its work.

/// The result of a command that did its work, told by the exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All went well: exit status 0.
    Done,
    /// There are findings at level deny: exit status 1.
    ProblemsFound,
    /// The commit was made but not pushed: exit status 2. The same command again pushes it.
    NotPushed,
}

impl Outcome {
    /// The exit status.
    pub(crate) fn exit_status(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::ProblemsFound => 1,
            Self::NotPushed => 2,
        }
    }
}
