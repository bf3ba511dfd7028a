//! Feeds as Atom (RFC 4287).

use atom_syndication::{Category, Content, Entry, Feed, FixedDateTime, Generator, Link, Person, Text};

use super::{FeedItem, Stream};
use crate::site::xml::well_formed;
use crate::text::Time;

pub(super) fn atom(stream: &Stream) -> String {
    let feed = Feed {
        title: Text::plain(stream.title.clone()),
        id: stream.id.clone(),
        updated: moment(stream.updated),
        lang: Some(stream.language.clone()),
        authors: vec![Person { name: stream.title.clone(), ..Person::default() }],
        generator: Some(Generator { value: "Casebook".to_owned(), uri: None, version: None }),
        links: vec![
            link(&stream.own, "self", Some("application/atom+xml")),
            link(&stream.page, "alternate", Some("text/html")),
        ],
        entries: stream.items.iter().map(entry).collect(),
        ..Feed::default()
    };
    let mut xml = well_formed(feed.to_string());
    xml.push('\n');
    xml
}

fn entry(item: &FeedItem) -> Entry {
    let author = item.author.iter();
    let tags = item.tags.iter();
    Entry {
        title: Text::plain(item.title.clone()),
        id: item.id.clone(),
        updated: moment(item.updated),
        published: item.published.map(moment),
        authors: author.map(|name| Person { name: name.clone(), ..Person::default() }).collect(),
        categories: tags.map(|tag| Category { term: tag.clone(), ..Category::default() }).collect(),
        links: vec![link(&item.url, "alternate", Some("text/html"))],
        summary: Some(Text::plain(item.summary.clone())).filter(|text| !text.value.is_empty()),
        content: item.html.as_ref().map(|html| Content {
            content_type: Some("html".to_owned()),
            value: Some(html.clone()),
            ..Content::default()
        }),
        ..Entry::default()
    }
}

fn link(href: &str, rel: &str, media_type: Option<&str>) -> Link {
    Link {
        href: href.to_owned(),
        rel: rel.to_owned(),
        mime_type: media_type.map(str::to_owned),
        ..Link::default()
    }
}

fn moment(time: Time) -> FixedDateTime {
    time.whole_second().to_string().parse().unwrap_or_default()
}
