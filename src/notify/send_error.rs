//! Why a message could not be sent.

/// Why a message could not be sent. The text never contains a password or the address of a webhook, which is a secret.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SendError {
    /// The settings for sending are wrong.
    #[error("{what}")]
    Settings { what: String, hint: &'static str },
    /// The server refused this message; others may pass.
    #[error("{server} refused the message: {reason}")]
    Refused { server: String, reason: String },
    /// The server does not answer, so no other message would pass either.
    #[error("{server} cannot be reached: {reason}")]
    Unreachable { server: String, reason: String },
}

impl crate::diagnostic::Hinted for SendError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Settings { hint, .. } => Some((*hint).to_owned()),
            Self::Refused { .. } | Self::Unreachable { .. } => None,
        }
    }
}
