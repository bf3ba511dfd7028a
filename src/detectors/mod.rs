//! Detectors of text without content, personal data and secrets. A detector only sees a text: it does not use
//! settings, tickets or the store.

pub(crate) mod personal;
mod reserved;
pub(crate) mod secrets;
pub(crate) mod substance;
pub(crate) mod title;
