//! Detectors: weak text, personal data, secrets. Each takes a text and returns the bytes that it is about; none knows
//! settings, tickets or the store.

pub(crate) mod personal;
mod reserved;
pub(crate) mod secrets;
pub(crate) mod substance;
