//! The JSON of canned responses.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    template::Canned,
    ticket::{Resolution, Status},
};

/// A canned response: a prepared reply for a frequent case
#[derive(Serialize, ToSchema)]
pub(crate) struct CannedDetail {
    /// The name in `casebook reply ID --use NAME`: the name of the file, without `.md`
    name: String,
    title: String,
    /// When to use it, in one sentence
    about: String,
    /// The status that the reply sets; null if it sets none
    #[schema(required)]
    status: Option<Status>,
    /// How the reply resolves the ticket; null if it does not
    #[schema(required)]
    resolution: Option<Resolution>,
    /// Fields and sections that the reply asks for
    asks: Vec<String>,
    /// The query whose tickets the response is proposed for; null if there is none
    #[schema(required)]
    r#match: Option<String>,
    /// The text, with placeholders such as `{{ requester }}` and with hints as comments
    body: String,
}

impl CannedDetail {
    pub(crate) fn of(canned: &Canned) -> Self {
        Self {
            name: canned.name.clone(),
            title: canned.title.clone(),
            about: canned.about.clone(),
            status: canned.status,
            resolution: canned.resolution,
            asks: canned.asks.clone(),
            r#match: canned.rule.clone(),
            body: canned.body.clone(),
        }
    }
}

/// The canned responses of the repository
#[derive(Serialize, ToSchema)]
pub(crate) struct CannedList {
    pub replies: Vec<CannedDetail>,
}
