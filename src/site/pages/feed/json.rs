//! Feeds as JSON Feed 1.1.

use serde::Serialize;

use super::{FeedItem, Stream};
use crate::text::Time;

pub(super) fn json(stream: &Stream) -> String {
    let feed = JsonFeed {
        version: "https://jsonfeed.org/version/1.1",
        title: &stream.title,
        home_page_url: &stream.page,
        feed_url: &stream.own,
        language: &stream.language,
        items: stream.items.iter().map(JsonItem::of).collect(),
    };
    let mut text = serde_json::to_string_pretty(&feed).unwrap_or_default();
    text.push('\n');
    text
}

#[derive(Serialize)]
struct JsonFeed<'a> {
    version: &'static str,
    title: &'a str,
    home_page_url: &'a str,
    feed_url: &'a str,
    language: &'a str,
    items: Vec<JsonItem<'a>>,
}

/// An item of a JSON Feed. Its content is HTML or plain text.
#[derive(Serialize)]
struct JsonItem<'a> {
    id: &'a str,
    url: &'a str,
    title: &'a str,
    summary: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_html: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_published: Option<Time>,
    date_modified: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    authors: Option<[JsonAuthor<'a>; 1]>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    tags: &'a [String],
}

#[derive(Serialize)]
struct JsonAuthor<'a> {
    name: &'a str,
}

impl<'a> JsonItem<'a> {
    fn of(item: &'a FeedItem) -> Self {
        let content_html = item.html.as_deref();
        Self {
            id: &item.id,
            url: &item.url,
            title: &item.title,
            summary: &item.summary,
            content_html,
            content_text: content_html.is_none().then_some(&item.summary),
            date_published: item.published,
            date_modified: item.updated,
            authors: item.author.as_deref().map(|name| [JsonAuthor { name }]),
            tags: &item.tags,
        }
    }
}
