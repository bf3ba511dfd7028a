//! Detectors: weak text, personal data, secrets. Each takes a text and returns the bytes that it is about; none knows
//! settings, tickets or the store.

pub mod personal;
mod reserved;
pub mod secrets;
pub mod substance;
