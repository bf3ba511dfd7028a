//! The entries of the ledger: one for each message, as a map of (file, addressee).

use serde::{Deserialize, Serialize};

use super::{Addressee, NewFile};
use crate::text::Time;

/// The folder of the messages that were announced and are not known to be sent.
pub(crate) const OPEN: &str = "open";

/// An announced message. It has no address and no text, because everybody who can clone the repository can read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OpenEntry {
    /// The ticket's id, with `/` and the reply's name for a reply.
    pub file: String,
    /// [`Addressee::name`].
    pub to: String,
    /// When it was announced, or sent again.
    pub time: Time,
    /// How often it was sent again.
    #[serde(default)]
    pub retries: u32,
}

impl OpenEntry {
    pub(crate) fn new(file: &NewFile<'_>, to: &Addressee, time: Time) -> Self {
        let file = file.names().into_iter().next().unwrap_or_default();
        Self { file, to: to.name(), time, retries: 0 }
    }

    /// Returns the name by which a person names the message: the beginning of its key.
    pub(crate) fn short(&self) -> String {
        key(&self.file, &self.to).chars().take(8).collect()
    }
}

/// Returns the key of a message.
pub(crate) fn key(file: &str, to: &str) -> String {
    let hash = blake3::hash(format!("{file}\n{to}").as_bytes()).to_hex();
    hash.as_str().chars().take(32).collect()
}

/// Returns the path of the entry of an announced message.
pub(crate) fn open_path(key: &str) -> String {
    format!("{OPEN}/{key}")
}

/// Returns the path of the entry of a sent message. There are many, so they are in folders by the first digits.
pub(crate) fn sent_path(key: &str) -> String {
    format!("sent/{}/{key}", key.get(..2).unwrap_or(key))
}
