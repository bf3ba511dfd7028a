//! The JSON of `casebook notify`.

use serde::Serialize;
use utoipa::ToSchema;

use crate::text::Time;

/// The messages of a run, or the open messages
#[derive(Serialize, ToSchema)]
pub(crate) struct NotifyAnswer {
    pub messages: Vec<NotifiedMessage>,
    pub total: usize,
}

/// A message to a person, a chat or a pull request
#[derive(Serialize, ToSchema)]
pub(crate) struct NotifiedMessage {
    /// The id of the message, for `notify --retry`
    pub id: String,
    /// The ticket's id, followed by `/` and the name of the reply if the message is about a reply
    pub file: String,
    /// `mail:` with the id of a person, `webhook` or `comment`
    pub to: String,
    /// `new` (a dry run sends nothing), `sent`, or `open` (announced, but perhaps not sent)
    pub state: &'static str,
    /// When an open message was announced; null otherwise
    #[schema(required)]
    pub since: Option<Time>,
    /// Why the addressee is told: `asked`, `replied`, `assigned`, `opened` or `answered`; null for open messages
    #[schema(required)]
    pub reason: Option<&'static str>,
    /// The subject; null for open messages
    #[schema(required)]
    pub subject: Option<String>,
    /// The text that would be sent; null unless it is a dry run
    #[schema(required)]
    pub text: Option<String>,
}
