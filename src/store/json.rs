//! The JSON of tickets: one shape for the command line, the API and exports. Keys are those of front matter.

use serde_json::{Map, Value as Json, json};

use super::Store;
use crate::ticket::{Article, Reply, Set, State, Thread, Value};

/// A ticket with its state, without bodies and replies.
pub(crate) fn thread_json(thread: &Thread) -> Map<String, Json> {
    let Thread { ticket, state, replies } = thread;
    let mut json = Map::new();
    json.insert("id".into(), json!(ticket.id));
    json.insert("source".into(), json!(ticket.source));
    json.insert("title".into(), json!(ticket.title));
    json.insert("status".into(), json!(state.status));
    json.insert("resolution".into(), json!(state.resolution));
    json.insert("template".into(), json!(ticket.template));
    json.insert("service".into(), json!(state.service));
    json.insert("priority".into(), json!(thread.priority()));
    json.insert("requester".into(), json!(ticket.requester));
    json.insert("assignee".into(), json!(state.assignee));
    json.insert("created".into(), json!(ticket.created));
    json.insert("updated".into(), json!(state.updated));
    json.insert("first_response".into(), json!(state.first_response));
    json.insert("resolved".into(), json!(state.resolved));
    json.insert("tags".into(), json!(state.tags));
    json.insert("path".into(), json!(state.came_from));
    json.insert("visibility".into(), json!(state.visibility));
    json.insert("duplicate_of".into(), json!(state.duplicate_of));
    json.insert("answered_by".into(), json!(state.answered_by));
    json.insert("asks".into(), json!(state.asks));
    json.insert("related".into(), json!(state.related));
    json.insert("aliases".into(), json!(state.aliases));
    json.insert("fields".into(), fields_json(state));
    json.insert("reply_count".into(), json!(replies.len()));
    json
}

/// An article without its body.
pub(crate) fn article_json(article: &Article) -> Map<String, Json> {
    let mut json = Map::new();
    json.insert("slug".into(), json!(article.slug));
    json.insert("title".into(), json!(article.title));
    json.insert("service".into(), json!(article.service));
    json.insert("tags".into(), json!(article.tags));
    json.insert("tickets".into(), json!(article.tickets));
    json.insert("confirmed".into(), json!(article.confirmed));
    json.insert("supersedes".into(), json!(article.supersedes));
    json.insert("visibility".into(), json!(article.visibility));
    json
}

fn fields_json(state: &State) -> Json {
    state.fields.iter().map(|(name, value)| (name.clone(), value.to_json())).collect()
}

/// A reply with its body.
pub(crate) fn reply_json(reply: &Reply, body: &str) -> Map<String, Json> {
    let mut json = Map::new();
    json.insert("name".into(), json!(reply.name));
    json.insert("author".into(), json!(reply.author));
    json.insert("created".into(), json!(reply.created));
    for (key, value) in [
        ("status", json!(reply.status)),
        ("resolution", json!(reply.resolution)),
        ("duplicate_of", json!(reply.duplicate_of)),
        ("draft_from", json!(reply.draft_from)),
        ("visibility", json!(reply.visibility)),
    ] {
        if !value.is_null() {
            json.insert(key.into(), value);
        }
    }
    for (key, list) in [("answered_by", &reply.answered_by), ("asks", &reply.asks)] {
        if !list.is_empty() {
            json.insert(key.into(), json!(list));
        }
    }
    if let Some(assignee) = &reply.assignee {
        json.insert("assignee".into(), json!(assignee));
    }
    if !reply.set.is_empty() {
        json.insert(
            "set".into(),
            reply.set.iter().map(|(field, set)| (field.clone(), set_json(set))).collect(),
        );
    }
    json.insert("body".into(), json!(body));
    json
}

fn set_json(set: &Set) -> Json {
    match set {
        Set::Clear => Json::Null,
        Set::Value(value) => Value::to_json(value),
        Set::Tags(changes) => changes.iter().map(ToString::to_string).collect(),
    }
}

/// `{"tickets": […], "total"}`: `total` counts those that a limit left out too. `warnings` is there if there are any.
pub(crate) fn tickets_json(tickets: Vec<Map<String, Json>>, total: usize, warnings: Vec<String>) -> Json {
    let mut json = json!({ "tickets": tickets, "total": total });
    if !warnings.is_empty() {
        json["warnings"] = warnings.into();
    }
    json
}

/// `{"tickets": […], "total", "articles": […]}`: `total` counts tickets alone.
pub(crate) fn found_json(
    tickets: Vec<Map<String, Json>>,
    total: usize,
    articles: Vec<Map<String, Json>>,
) -> Map<String, Json> {
    let mut json = Map::new();
    json.insert("tickets".into(), json!(tickets));
    json.insert("total".into(), json!(total));
    json.insert("articles".into(), json!(articles));
    json
}

impl Store {
    /// A ticket with its body and its replies: what `show` gives. `visible` leaves out replies that the reader may not see.
    pub fn whole_json(&self, thread: &Thread, visible: impl Fn(&Reply) -> bool) -> Json {
        let mut json = thread_json(thread);
        json.insert("body".into(), json!(self.body(thread.ticket.path.as_ref())));
        let replies: Vec<Json> = thread
            .replies
            .iter()
            .filter(|reply| visible(reply))
            .map(|reply| Json::Object(reply_json(reply, &self.body(reply.path.as_ref()))))
            .collect();
        json.insert("reply_count".into(), json!(replies.len()));
        json.insert("replies".into(), Json::Array(replies));
        Json::Object(json)
    }
}
