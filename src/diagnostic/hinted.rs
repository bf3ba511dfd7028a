//! Errors that know the next step.

/// An error that knows how to solve the problem. Its `Display` says what happened and where, without the next step.
pub(crate) trait Hinted: std::error::Error {
    /// Returns the next step, if there is one.
    fn hint(&self) -> Option<String>;

    /// Returns the message and the hint in one line, for places without a line for hints.
    fn with_hint(&self) -> String {
        match self.hint() {
            Some(hint) => format!("{self}; {hint}"),
            None => self.to_string(),
        }
    }
}
