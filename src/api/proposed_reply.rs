//! The JSON of a proposed reply.

use serde::Serialize;
use utoipa::ToSchema;

use crate::knowledge::proposed_reply::ProposedReply;

/// A reply that is proposed from the answers of similar tickets and articles
#[derive(Serialize, ToSchema)]
pub(crate) struct ProposedReplyDetail {
    /// Whether there is a reply; if not, no source is certain enough
    speaks: bool,
    /// The whole reply, as Markdown
    text: String,
    /// The sentences and steps in the order of the text
    sentences: Vec<ProposedSentenceDetail>,
    /// The ids of the tickets and the slugs of the articles, best first
    sources: Vec<String>,
    /// The fields and sections that the reply asks for
    asks: Vec<String>,
    /// The canned response that the reply begins with; null if there is none
    #[schema(required)]
    canned: Option<String>,
}

/// A sentence, a step or a command of a proposed reply
#[derive(Serialize, ToSchema)]
struct ProposedSentenceDetail {
    /// Markdown; after each replaced value, a comment has the former one
    text: String,
    /// The id of the ticket, the slug of the article, or the name of the canned response
    source: String,
    /// The values of the source that were replaced by those of the ticket
    replaced: Vec<ReplacedValueDetail>,
}

/// A value of a source that was replaced by the ticket's own
#[derive(Serialize, ToSchema)]
struct ReplacedValueDetail {
    /// The field or section that has the value in both tickets
    field: String,
    from: String,
    to: String,
}

impl ProposedReplyDetail {
    pub(crate) fn of(reply: ProposedReply) -> Self {
        let sentences = reply.sentences.iter().map(|sentence| ProposedSentenceDetail {
            text: sentence.text.clone(),
            source: sentence.source.clone(),
            replaced: sentence
                .replaced
                .iter()
                .map(|value| ReplacedValueDetail {
                    field: value.field.clone(),
                    from: value.from.clone(),
                    to: value.to.clone(),
                })
                .collect(),
        });
        Self {
            speaks: reply.speaks(),
            sentences: sentences.collect(),
            text: reply.text,
            sources: reply.sources,
            asks: reply.asks,
            canned: reply.canned,
        }
    }
}
